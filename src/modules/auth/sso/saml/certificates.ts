import { createPublicKey, generateKeyPair, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { readTime } from '../../../../common/times.js';
import { SamlFault } from './xml.js';

const modulusLength = 2048;
const years = 10;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** A certificate of an identity provider, with which it signs. */
export interface KnownCertificate {
  /** PEM. */
  readonly pem: string;
  /** The SHA-256 of the certificate in hexadecimal digits, as identity providers show it. */
  readonly fingerprint: string;
  readonly expiresAt: Date;
}

/**
 * Reads a certificate: PEM, or base64 as in metadata. Its dates are not checked: it is trusted because an administrator has set it, and identity providers continue to use expired ones.
 *
 * @throws {SamlFault}
 */
export function readCertificate(text: string): KnownCertificate {
  try {
    const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new SamlFault('it is neither PEM nor base64');
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    if (type !== 'rsa' || (details?.modulusLength ?? 0) < modulusLength) throw new SamlFault(`its key is not RSA with at least ${modulusLength} bits`);
    return { pem: certificate.toString(), fingerprint: certificate.fingerprint256, expiresAt: timeOf(certificate.validTo) };
  } catch (error) {
    throw error instanceof SamlFault ? error : new SamlFault('it is not an X.509 certificate', { cause: error });
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Reads a time as OpenSSL writes it: `Nov  6 04:26:33 2036 GMT`. Node.js 20 has no other form of it. */
function timeOf(text: string): Date {
  const [, month = '', day = '', time = '', year = ''] = /^(\w{3}) +(\d+) ([\d:]+) (\d{4}) GMT$/.exec(text) ?? [];
  return readTime(`${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`);
}

/**
 * Returns a new private key in PKCS #8 and a certificate of it in PEM: the form in which identity providers take public keys.
 *
 * @param now from which the certificate counts
 */
export async function newKeyWithCertificate(now: Date): Promise<{ readonly privateKey: string; readonly certificate: string }> {
  const [{ X509CertificateGenerator }, { privateKey }] = await Promise.all([import('@peculiar/x509'), promisify(generateKeyPair)('rsa', { modulusLength })]);
  const { subtle } = webcrypto;
  const [secret, open] = await Promise.all([
    subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']),
    subtle.importKey('spki', createPublicKey(privateKey).export({ type: 'spki', format: 'der' }), algorithm, true, ['verify']),
  ]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      // A positive number: its first bit is 0.
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: 'CN=tenantry',
      // The clocks of identity providers can be slow.
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + years * 365 * 86_400_000),
      signingAlgorithm: algorithm,
      keys: { privateKey: secret, publicKey: open },
    },
    webcrypto,
  );
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate: certificate.toString('pem') };
}
