/**
 * Fills the code blocks that follow `<!-- snippet: FILE#REGION -->` with that region of the file. A region begins with
 * `// #region NAME` and ends with `// #endregion`; in Python, `# region NAME` and `# endregion`.
 *
 * @throws {Error} if a file or region does not exist.
 */
export function embedSnippets(page: string, read: (file: string) => string | undefined): string {
  return page.replaceAll(
    /^(<!-- snippet: (\S+)#(\S+) -->\n\n```\w*\n)[\s\S]*?^```$/gm,
    (_, opening: string, file: string, name: string) =>
      `${opening}${findRegion(read(file) ?? '', name) ?? missing(file, name)}\`\`\``,
  );
}

function findRegion(text: string, name: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const start = lines.findIndex((line) => [`// #region ${name}`, `# region ${name}`].includes(line));
  const end = lines.findIndex((line, index) => index > start && /^(?:\/\/ #|# )endregion$/.test(line));
  return start < 0 || end < 0
    ? undefined
    : `${lines
        .slice(start + 1, end)
        .join('\n')
        .trim()}\n`;
}

function missing(file: string, name: string): never {
  throw new Error(`${file} has no region ${name}`);
}
