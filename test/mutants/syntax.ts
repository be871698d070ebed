import { parseAst } from 'vitest/node';

/** A node of the syntax tree, with its position in the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Returns all nodes of a TypeScript or JavaScript file except the file itself, parents before their children. */
export function parseNodes(text: string): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      nodes.push(value);
      visit(Object.values(value));
    }
  };
  visit(parseAst(text, { lang: 'ts' }).body);
  return nodes;
}

/** Returns the condition of the node itself, or of the only conditional expression in it. */
export function findCondition(nodes: readonly SyntaxNode[], marked: SyntaxNode): SyntaxNode {
  if (hasTest(marked)) return marked.test;
  const inside = nodes.filter(({ start, end }) => start >= marked.start && end <= marked.end);
  const [conditional, second] = inside.filter(({ type }) => type === 'ConditionalExpression');
  if (conditional === undefined || second !== undefined || !hasTest(conditional)) {
    throw new Error('the marked code has no condition, or more than one');
  }
  return conditional.test;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function hasTest(node: SyntaxNode): node is SyntaxNode & { readonly test: SyntaxNode } {
  return 'test' in node && isNode(node.test);
}
