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
  const conditional = findOnly(nodes, marked, 'ConditionalExpression');
  if (!hasTest(conditional)) throw new Error('a conditional expression has no condition');
  return conditional.test;
}

/** Returns the outermost `&&`, `||` or `??` of the node's condition or, without a condition, of the node. */
export function findLogical(
  nodes: readonly SyntaxNode[],
  marked: SyntaxNode,
): SyntaxNode & { readonly left: SyntaxNode; readonly right: SyntaxNode } {
  const logical = findOnly(nodes, hasTest(marked) ? marked.test : marked, 'LogicalExpression');
  if (!hasOperands(logical)) throw new Error('a logical expression has no operands');
  return logical;
}

/** Returns the only node of a type in another one, not counting those inside it. */
function findOnly(nodes: readonly SyntaxNode[], outer: SyntaxNode, type: string): SyntaxNode {
  const inside = nodes.filter((node) => node.type === type && contains(outer, node));
  const outermost = inside.filter((node) => !inside.some((other) => other !== node && contains(other, node)));
  const [only, second] = outermost;
  if (only === undefined || second !== undefined) {
    throw new Error(`the marked code has ${outermost.length} nodes of type ${type}, not one`);
  }
  return only;
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function hasTest(node: SyntaxNode): node is SyntaxNode & { readonly test: SyntaxNode } {
  return 'test' in node && isNode(node.test);
}

function hasOperands(
  node: SyntaxNode,
): node is SyntaxNode & { readonly left: SyntaxNode; readonly right: SyntaxNode } {
  return 'left' in node && isNode(node.left) && 'right' in node && isNode(node.right);
}
