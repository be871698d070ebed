import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** The file with `cert`, which is its own authority. */
  readonly file: string;
}

/** Creates a certificate for 127.0.0.1, and writes it into the folder. */
export async function createCertificate(folder: string): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const file = path.join(folder, 'certificate.pem');
  writeFileSync(file, cert);
  return { cert, key, file };
}
