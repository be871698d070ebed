/** Replaces each GraphQL block of a Markdown page with the operation of the same name, if there is one. */
export function embedOperations(page: string, operations: ReadonlyMap<string, string>): string {
  return page.replaceAll(/^```graphql\n([\s\S]*?)^```$/gm, (block, document: string) => {
    const operation = operations.get(operationName(document));
    return operation === undefined ? block : `\`\`\`graphql\n${operation}\`\`\``;
  });
}

/** Returns the name of the first operation of a document, or '' if it has none. */
export function operationName(document: string): string {
  return /^(?:query|mutation|subscription) (\w+)/m.exec(document)?.[1] ?? '';
}
