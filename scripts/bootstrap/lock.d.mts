export interface Lock {
  release(): Promise<void>;
}
export function tryLock(folder: string, purpose: string): Promise<Lock | null>;
export function takeLock(folder: string, purpose: string, onWait?: () => void): Promise<Lock>;
