/** Solves a challenge of the kind PROOF_OF_WORK: tries counters until a hash has enough leading zero bits. Runs in browsers. */
export async function solveProofOfWork(token: string, difficultyBits: number): Promise<string> {
  const encoder = new TextEncoder();
  for (let counter = 0; ; counter++) {
    const solution = `${token}.${counter}`;
    const hash = await crypto.subtle.digest('SHA-256', encoder.encode(solution));
    if (Math.clz32(new DataView(hash).getUint32(0)) >= difficultyBits) return solution;
  }
}
