import type { AuthenticationResponseJSON, RegistrationResponseJSON, VerifiedRegistrationResponse } from '@simplewebauthn/server';
import type { Passkey } from '../../../generated/prisma/client.js';
import type { RelyingParty } from './relying-parties.service.js';

/** The JSON of a `PublicKeyCredential` (`toJSON()` in browsers), unchecked. */
export type CredentialJson = Readonly<Record<string, unknown>>;

/** The algorithms that are offered: EdDSA, ES256 and RS256. */
export const algorithms = [-8, -7, -257];

/** Loads the library when the first passkey is used: most processes serve none. */
export const webauthn = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const responseOf = ({ response }: CredentialJson): CredentialJson => (typeof response === 'object' && response !== null ? (response as CredentialJson) : {});

/** Returns the challenge that an answer names. It proves nothing before the answer is verified. */
export function challengeOf(answer: CredentialJson): string | undefined {
  try {
    const client = JSON.parse(Buffer.from(textOf(responseOf(answer)['clientDataJSON']) ?? '', 'base64url').toString()) as unknown;
    return typeof client === 'object' && client !== null ? textOf((client as CredentialJson)['challenge']) : undefined;
  } catch {
    return undefined;
  }
}

export const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'));
export const textOfBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** Returns the id of the credential that answered. */
export const credentialIdOf = (answer: CredentialJson): string | undefined => textOf(answer['id']);

/** Returns the user whom an answer names; undefined if the authenticator does not tell. */
export const userHandleOf = (answer: CredentialJson): string | undefined => textOf(responseOf(answer)['userHandle']);

/** Verifies the answer to a registration. Returns undefined if it is refused: the library throws for each reason, also for a value of the wrong type. */
export async function verifiedRegistration(
  answer: CredentialJson,
  challenge: string,
  { origin, rpId }: RelyingParty,
): Promise<VerifiedRegistrationResponse['registrationInfo'] | undefined> {
  const { verifyRegistrationResponse } = await webauthn();
  const expected = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true, supportedAlgorithmIDs: algorithms };
  const result = await verifyRegistrationResponse({ response: answer as unknown as RegistrationResponseJSON, ...expected }).catch(() => undefined);
  return result?.verified === true ? result.registrationInfo : undefined;
}

/** Verifies the answer of a passkey. Returns its new counter, or undefined if it is refused. The caller compares the counter. */
export async function verifiedCounter(answer: CredentialJson, challenge: string, { origin, rpId }: RelyingParty, passkey: Passkey): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await webauthn();
  const credential = { id: textOfBytes(passkey.credentialId), publicKey: new Uint8Array(passkey.publicKey), counter: 0 };
  const expected = { expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true };
  const result = await verifyAuthenticationResponse({ response: answer as unknown as AuthenticationResponseJSON, ...expected, credential }).catch(() => undefined);
  return result?.verified === true ? result.authenticationInfo.newCounter : undefined;
}
