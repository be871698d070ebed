import { describe, expect, it } from 'vitest';
import { BusyError } from '../../../src/platform/errors.ts';
import { EncodedLayouts, type EncodedLayout } from '../../../src/seating/layout/encoded-layouts.ts';

function layoutOf(bytes: number): EncodedLayout {
  return { json: Buffer.alloc(bytes - 2), gzip: Buffer.alloc(1), br: Buffer.alloc(1) };
}

/** Layouts of 100 bytes whose encoding the test completes. */
function start(bytesMax?: number) {
  const layouts = new EncodedLayouts(bytesMax);
  const begun: string[] = [];
  const going = new Map<string, PromiseWithResolvers<EncodedLayout>>();
  const get = (path: string) =>
    layouts.get(path, () => {
      begun.push(path);
      const work = Promise.withResolvers<EncodedLayout>();
      going.set(path, work);
      return work.promise;
    });
  const begins = async (path: string) => {
    for (let i = 0; i < 100 && !going.has(path); i++) await Promise.resolve();
    expect(going.has(path)).toBe(true);
  };
  const finish = async (path: string, bytes = 100) => {
    await begins(path);
    going.get(path)?.resolve(layoutOf(bytes));
    going.delete(path);
  };
  const make = async (path: string, bytes?: number) => {
    const made = get(path);
    await finish(path, bytes);
    await made;
  };
  return { get, begun, begins, finish, make, going };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

describe('encoded layouts', () => {
  it('are encoded once each, regardless of concurrent requests for others', async () => {
    const { get, begun, finish } = start();
    const paths = Array.from({ length: 20 }, (_, i) => `/${i}`);
    const asked = [...paths, ...paths, ...paths].map(get);
    for (const path of paths) await finish(path);
    await Promise.all(asked);
    expect(begun).toEqual(paths);
  });

  it('are encoded one after the other, with a limit on those that wait', async () => {
    const { get, begun, begins, finish } = start();
    const asked = Array.from({ length: 21 }, (_, i) => get(`/${i}`));
    const one = await Promise.race([get('/one-more'), turns()]).catch((error: unknown) => error);
    expect(one).toBeInstanceOf(BusyError);
    expect(get('/20')).toBe(asked[20]);
    await finish('/0');
    await asked[0];
    await begins('/1');
    expect(begun).toEqual(['/0', '/1']);
    const late = get('/one-more');
    for (let i = 1; i <= 20; i++) await finish(`/${i}`);
    await finish('/one-more');
    await Promise.all([...asked, late]);
  });

  it('are cached while there is room, and evicted by least recent use', async () => {
    const { get, begun, make } = start(300);
    for (const path of ['/a', '/b', '/c']) await make(path);
    await get('/a');
    await make('/d');
    for (const path of ['/a', '/c', '/d']) await get(path);
    expect(begun).toEqual(['/a', '/b', '/c', '/d']);
    await make('/b');
    expect(begun).toEqual(['/a', '/b', '/c', '/d', '/b']);
  });

  it('are limited by their bytes: a large one replaces several, and is always cached itself', async () => {
    const { get, begun, make } = start(300);
    for (const path of ['/a', '/b', '/c']) await make(path);
    await make('/large', 250);
    await make('/larger', 1_000);
    await get('/larger');
    await make('/a');
    await make('/b');
    await get('/a');
    expect(begun).toEqual(['/a', '/b', '/c', '/large', '/larger', '/a', '/b']);
  });

  it('are encoded again after a failure', async () => {
    const { get, going, begins, make, begun } = start();
    const failing = get('/a');
    await begins('/a');
    going.get('/a')?.reject(new Error('no memory'));
    await expect(failing).rejects.toThrow('no memory');
    going.clear();
    await make('/a');
    expect(begun).toEqual(['/a', '/a']);
  });
});
