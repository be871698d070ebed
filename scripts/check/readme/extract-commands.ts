const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;
const COMMAND = /^(?:[A-Z][A-Z0-9_]*=\S+ )*(?:npm|npx|node|bash|curl|docker|kubectl) \S/;

/**
 * Returns the commands that a Markdown page shows, each once: the lines of its shell blocks, and inline code that begins like
 * a command. A line that ends in a backslash continues on the next one.
 */
export function extractCommands(page: string): string[] {
  const blocks = [...page.matchAll(FENCE)].filter(([, language = '']) =>
    /^(?:sh|bash|shell)$/.test(language),
  );
  const lines = blocks.flatMap(([, , text = '']) => text.replaceAll(/\\\n\s*/g, '').split('\n'));
  const prose = page.replaceAll(FENCE, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const commands = [
    ...lines.map((line) => line.replace(/(?:^|\s+)#.*$/, '').trim()).filter((line) => line !== ''),
    ...inline.filter((code) => COMMAND.test(code)),
  ];
  return [...new Set(commands)];
}
