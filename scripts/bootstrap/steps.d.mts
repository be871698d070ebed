export function formatTime(ms: number): string;
export function step<T>(label: string, work: (rename: (label: string) => void) => Promise<T> | T): Promise<T>;
