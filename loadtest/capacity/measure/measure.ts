import { randomUUID } from 'node:crypto';
import { createArena } from '../../bench/arena.ts';
import { ServerProcess } from '../../bench/server-process.ts';
import { startServices } from '../../bench/services.ts';
import type { MeasuredCosts } from '../inputs.ts';
import { measureBalancer } from './balancer.ts';
import { measureBuyers } from './buyers.ts';
import { measureDisk } from './disk.ts';
import { measureKernel } from './kernel.ts';
import { Meter } from './meter.ts';
import { measureWaiters } from './waiters.ts';
import { FAN_OUT_SERVER, measureWatchers, readMemory } from './watchers.ts';

/** Measures the costs that no benchmark has, on services and processes of their own, in about three minutes. Returns the PostgreSQL version, too. */
export async function measureCosts(): Promise<{ costs: MeasuredCosts; postgres: string }> {
  await using services = await startServices();
  await using arena = await createArena(services.postgres.url);
  await using meter = await Meter.create(services, arena.db);
  const env = {
    DATABASE_URL: services.postgres.url,
    REDIS_URL: services.redisUrl,
    AUTH_SECRET: randomUUID(),
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    CONNECTIONS_PER_ADDRESS_MAX: '1000000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
  };
  const eventId = await arena.freshEvent();
  const server = await ServerProcess.start(FAN_OUT_SERVER, ['sellout', String(eventId), '2'], env);
  let buyers: MeasuredCosts;
  let disk: MeasuredCosts;
  let processBytes: number;
  try {
    buyers = await measureBuyers(meter, server, eventId);
    disk = await measureDisk(arena.db);
    processBytes = (await readMemory(server)).rss;
  } finally {
    await server.stop();
  }
  const watchers = await measureWatchers(meter, env, await arena.freshEvent());
  const waiters = await measureWaiters(meter, env, arena, services.redisUrl);
  const redisDeliveryMicros = await meter.measureDelivery();
  const balancer = await measureBalancer(services.folder);
  const kernelBytes = await measureKernel();
  return {
    costs: {
      ...buyers,
      ...disk,
      ...watchers,
      ...waiters,
      ...balancer,
      kernelBytes,
      processBytes,
      redisDeliveryMicros,
    },
    postgres: services.postgres.version,
  };
}
