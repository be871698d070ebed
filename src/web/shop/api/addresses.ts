/* Addresses contain IDs in base64url without padding: `/`, `+` and `=` would have to be escaped. */

function toAddressId(id: string): string {
  return id.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromAddressId(text: string): string {
  const bare = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
}

export const eventAddress = (id: string) => `/e/${toAddressId(id)}`;
export const bookingAddress = (id: string) => `/booking/${toAddressId(id)}`;
