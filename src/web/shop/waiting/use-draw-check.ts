import { useEffect, useState } from 'react';
import { ask } from '../api/client.ts';
import { DrawCommitmentDocument, DrawProofDocument } from '../api/operations/waiting-room.ts';
import { readCommitment, writeCommitment } from './stored-place.ts';
import type { WaitingRoom } from './use-waiting-room.ts';

/** The page asks this much later, so that not everyone asks at once, and every API process knows the commitment or the draw. */
const ASK_MS = 2_000;
const getDelayMs = () => ASK_MS * (0.5 + Math.random());

/**
 * Keeps the commitment to the draw while the lobby is open, and checks the buyer's number once it is drawn. Returns false if the
 * number differs, and null if nothing is known.
 */
export function useDrawCheck(eventId: string, { room, place }: WaitingRoom): boolean | null {
  const [checked, setChecked] = useState<{ number: number; isAsDrawn: boolean | null } | null>(null);
  const isLobby = room.state === 'LOBBY';
  const isIn = place !== null;
  const number = isLobby ? null : (place?.number ?? null);
  useEffect(() => {
    if (!isLobby || !isIn) return;
    const timer = setTimeout(() => void keepCommitment(eventId), getDelayMs());
    return () => clearTimeout(timer);
  }, [eventId, isLobby, isIn]);
  useEffect(() => {
    // Number 0 comes from a room that was off.
    if (number === null || number === 0) return;
    let isCurrent = true;
    const check = async () => {
      try {
        const { checkDraw } = await import('./check-draw.ts');
        const isAsDrawn = await checkDraw(() => readProof(eventId), number, readCommitment(eventId));
        if (isCurrent) setChecked({ number, isAsDrawn });
      } catch {
        // Without an answer, the page says nothing about the draw.
      }
    };
    const timer = setTimeout(() => void check(), getDelayMs());
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [eventId, number]);
  return checked !== null && checked.number === number ? checked.isAsDrawn : null;
}

async function keepCommitment(eventId: string): Promise<void> {
  if (readCommitment(eventId) !== null) return;
  try {
    const { event } = await ask(DrawCommitmentDocument, { id: eventId });
    writeCommitment(eventId, event?.waitingRoomProof?.commitment ?? null);
  } catch {
    // The draw is then checked against the commitment in its proof alone.
  }
}

async function readProof(eventId: string) {
  const { event } = await ask(DrawProofDocument, { id: eventId });
  return event?.waitingRoomProof ?? null;
}
