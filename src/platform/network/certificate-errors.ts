import { describeError } from '../errors.ts';

/** Codes of Node for a certificate whose authority it does not know. */
const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const invalid = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Returns whether a connection failed because of the server's certificate. Only an operator can mend that. */
export function isCertificateError(error: unknown): boolean {
  const code = getCode(error);
  return unknownAuthority.has(code) || invalid.has(code);
}

/** Describes why a connection failed, and what to do about an unknown certificate. */
export function describeConnectionError(error: unknown): string {
  if (!unknownAuthority.has(getCode(error))) return describeError(error);
  return 'the authority of its certificate is unknown; set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of the authority';
}

function getCode(error: unknown): string {
  return error instanceof Error ? String((error as NodeJS.ErrnoException).code) : '';
}
