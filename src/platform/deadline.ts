/** As the promise, but rejected with what `onPassed` returns where it takes longer. The work itself goes on. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, onPassed: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onPassed()), ms);
  });
  try {
    return await Promise.race([promise, passed]);
  } finally {
    clearTimeout(timer);
  }
}
