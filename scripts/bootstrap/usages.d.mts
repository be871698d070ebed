export function getUsage(name: string): string;
export function requestedUsage(root: string, command: readonly string[]): string | null;
