import type { Costs } from '../inputs.ts';
import { FEW, MANY } from '../sale/lane.ts';

interface ByCommand {
  readonly hold: number;
  /** A confirmation. The other ends of a hold, release and expiry, are charged like it. */
  readonly end: number;
}

/** What a command costs in a batch of a size. */
export interface CommandCost {
  readonly apiMicros: ByCommand;
  readonly postgresMicros: ByCommand;
  readonly redisMicros: ByCommand;
  readonly walBytes: ByCommand;
  readonly messageBytes: number;
}

/** A batch has a cost of its own, which its commands share. */
export function toCommandCost(costs: Costs, size: number): CommandCost {
  const api = share(costs.holdApiMicrosFew, FEW, costs.holdApiMicrosMany, MANY, size);
  const postgres = share(costs.holdPostgresMicrosFew, FEW, costs.holdPostgresMicrosMany, MANY, size);
  const redis = share(costs.holdRedisMicrosFew, FEW, costs.holdRedisMicrosMany, MANY, size);
  const alone = (one: number, batched: number) => share(one, 1, batched, costs.batchedSize, size);
  return {
    apiMicros: { hold: api, end: api * costs.confirmToHoldApi },
    postgresMicros: { hold: postgres, end: postgres * costs.confirmToHoldPostgres },
    redisMicros: { hold: redis, end: redis },
    walBytes: {
      hold: alone(costs.holdWalBytesAlone, costs.holdWalBytesBatched),
      end: alone(costs.confirmWalBytesAlone, costs.confirmWalBytesBatched),
    },
    messageBytes: alone(costs.messageBytesAlone, costs.messageBytesBatched),
  };
}

/** Returns the cost in a batch of `size`, from those in batches of two other sizes. */
function share(few: number, fewSize: number, many: number, manySize: number, size: number): number {
  const perBatch = (few - many) / (1 / fewSize - 1 / manySize);
  return many + perBatch * (1 / size - 1 / manySize);
}
