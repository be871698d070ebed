export function summarize(text: string): { passed: number; failed: number; fault?: string };
