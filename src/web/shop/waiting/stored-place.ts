import * as v from 'valibot';
import { ofBrowser, readStored, writeStored } from '../api/stored.ts';

/* A buyer's place and admission, by event. All tabs share them, because they belong to the buyer. */

const admissionSchema = v.object({ token: v.string(), expiresAt: v.string() });
export type StoredAdmission = v.InferOutput<typeof admissionSchema>;

const placeKey = (eventId: string) => `sellout.place.${eventId}`;
const commitmentKey = (eventId: string) => `sellout.commitment.${eventId}`;
const admissionKey = (eventId: string) => `sellout.admission.${eventId}`;

export function readPlaceToken(eventId: string): string | null {
  return readStored(ofBrowser, placeKey(eventId), v.string());
}

export function writePlaceToken(eventId: string, token: string | null): void {
  writeStored(ofBrowser, placeKey(eventId), token);
  if (token === null) writeCommitment(eventId, null);
}

/** The commitment to the draw that was published while the buyer was in the lobby. */
export function readCommitment(eventId: string): string | null {
  return readStored(ofBrowser, commitmentKey(eventId), v.string());
}

export function writeCommitment(eventId: string, commitment: string | null): void {
  writeStored(ofBrowser, commitmentKey(eventId), commitment);
}

export function readAdmission(eventId: string): StoredAdmission | null {
  return readStored(ofBrowser, admissionKey(eventId), admissionSchema);
}

export function writeAdmission(eventId: string, admission: StoredAdmission | null): void {
  writeStored(ofBrowser, admissionKey(eventId), admission);
}
