// Progress messages with durations. They go to stderr, so that the output of a command can be piped.

const LABEL_WIDTH = 64;
const SHOW_RUNNING_AFTER_MS = 1_000;

/** @param {number} ms */
export function formatTime(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Runs a step and prints a line with its duration. While the step runs, a terminal shows its label; other outputs get an
 * extra line if it takes longer than a second.
 *
 * @template T
 * @param {string} label
 * @param {(rename: (label: string) => void) => Promise<T> | T} work `rename` changes the label of the finished line
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const startedAt = performance.now();
  const out = process.stderr;
  let finished = label;
  let shown = false;
  const showRunning = () => {
    shown = true;
    out.write(out.isTTY ? `  … ${label}` : `  … ${label}\n`);
  };
  const timer = setTimeout(showRunning, out.isTTY ? 0 : SHOW_RUNNING_AFTER_MS);
  const finish = (mark) => {
    clearTimeout(timer);
    const time = formatTime(performance.now() - startedAt);
    const clear = out.isTTY && shown ? '\r\x1b[2K' : '';
    out.write(`${clear}  ${mark} ${finished.padEnd(LABEL_WIDTH)} ${time.padStart(7)}\n`);
  };
  try {
    const result = await work((renamed) => (finished = renamed));
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}
