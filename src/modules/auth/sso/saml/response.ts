import { X509Certificate } from 'node:crypto';
import { parseTime } from '../../../../common/times.js';
import { textOfUtf8 } from '../../../../common/text/utf8.js';
import type { RefusalCode } from '../../providers/providers.errors.js';
import { attribute, checkedXml, children, childrenOf, elementsOf, is, parseXml, SamlFault, textOf, type XmlElement } from './xml.js';

const protocolNamespace = 'urn:oasis:names:tc:SAML:2.0:protocol';
const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion';
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';
const encryptionNamespace = 'http://www.w3.org/2001/04/xmlenc#';
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

export const nameIdFormats = {
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
} as const;

const canonicalizations = [
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
];

/** The algorithms that elements may name. SHA-1, HMAC and the encryption of keys with PKCS #1 1.5 are not among them. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  SignatureMethod: [
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ],
  DigestMethod: ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'],
  CanonicalizationMethod: canonicalizations,
  Transform: [...canonicalizations, 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'],
  EncryptionMethod: [
    'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    'http://www.w3.org/2009/xmlenc11#aes128-gcm',
    'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
    'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
    'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  ],
};
/** The digest of OAEP needs no resistance to collisions, and this one is all that providers use. */
const digestOfEncryption = 'http://www.w3.org/2000/09/xmldsig#sha1';

/** Milliseconds by which the clock of an identity provider may differ. */
const clockTolerance = 60_000;

/** The values with which a response is compared. */
export interface Expectations {
  /** The entity ID of the identity provider. */
  readonly issuer: string;
  /** The certificates of the identity provider, in PEM. */
  readonly certificates: readonly string[];
  /** The entity ID of the connection. */
  readonly audience: string;
  /** The assertion consumer service. */
  readonly recipient: string;
  /** The ID of the request that is answered. */
  readonly requestId: string;
  readonly now: Date;
  /** Returns the private key of the connection in PKCS #8. */
  readonly privateKeys: readonly string[];
}

/** The statements of an assertion about a user. */
export interface Assertion {
  readonly issuer: string;
  readonly nameId: string;
  readonly nameIdFormat: string | undefined;
  /** The values of each attribute. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/**
 * Checks the response of an identity provider by the Web Browser SSO profile of SAML 2.0 (section 4.1.4.3), and stricter. The result is read from the bytes that were signed, and from nothing else.
 *
 * @param encoded the field `SAMLResponse` of the binding HTTP-POST
 * @throws {SamlFault} with the code
 */
export async function readResponse(encoded: string, expected: Expectations): Promise<Assertion> {
  const text = checkedXml(decode(encoded));
  const response = await parseXml(text);
  if (!is(response, protocolNamespace, 'Response')) throw new SamlFault('The root of the XML is not a SAML response.');
  assertStructure(response);
  assertSuccess(response);
  assertEqual('identity_wrong_recipient', 'The destination of the response', attribute(response, 'Destination'), expected.recipient, true);
  assertEqual('identity_wrong_request', 'The response answers the request', attribute(response, 'InResponseTo'), expected.requestId, true);
  assertEqual('identity_wrong_issuer', 'The issuer of the response', textOf(childrenOf(response, assertionNamespace, 'Issuer')[0]), expected.issuer, true);
  return readAssertion(await signedAssertion(text, response, expected), expected);
}

function decode(encoded: string): string {
  const base64 = encoded.replaceAll(/\s/g, '');
  const text = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? textOfUtf8(Buffer.from(base64, 'base64')) : undefined;
  if (text === undefined) throw new SamlFault('The response is not XML in UTF-8, encoded in base64. It must be sent with the binding HTTP-POST.');
  return text;
}

/** Refuses what signature wrapping needs: a second assertion anywhere, a signature elsewhere than where SAML has it, an ID twice; and weak algorithms. */
function assertStructure(root: XmlElement): void {
  const all = elementsOf(root);
  const ids = all.flatMap(({ attributes: held }) =>
    Array.from(held)
      .filter(({ localName, name }) => (localName ?? name).toLowerCase() === 'id')
      .map(({ value }) => value),
  );
  if (new Set(ids).size < ids.length) throw new SamlFault('Two elements of the response have the same ID.', { code: 'identity_signature_wrapped' });
  const isAssertion = (element: XmlElement): boolean => element.localName === 'Assertion' || element.localName === 'EncryptedAssertion';
  const assertions = all.filter(isAssertion);
  if (assertions.length > 1) throw new SamlFault('The response has several assertions.', { code: 'identity_signature_wrapped' });
  if (assertions.some((element) => element !== root && element.parentNode !== root))
    throw new SamlFault('The assertion is not directly in the response.', { code: 'identity_signature_wrapped' });
  for (const element of all) {
    if (element !== root && element.localName === 'Response') throw new SamlFault('The response contains another one.', { code: 'identity_signature_wrapped' });
    if (element.localName === 'Signature' && !(element.parentNode === root || assertions.some((each) => each === element.parentNode)))
      throw new SamlFault('A signature is neither that of the response nor that of the assertion.', { code: 'identity_signature_wrapped' });
    if (element.localName === 'Object' && element.namespaceURI === signatureNamespace)
      throw new SamlFault('A signature contains an object.', { code: 'identity_signature_wrapped' });
    assertAlgorithms(element);
  }
  for (const signed of [root, ...assertions])
    if (signaturesOf(signed).length > 1) throw new SamlFault('An element has several signatures.', { code: 'identity_signature_wrapped' });
}

function assertAlgorithms(element: XmlElement): void {
  for (const { localName, name, value } of Array.from(element.attributes)) {
    if ((localName ?? name) !== 'Algorithm') continue;
    const what = element.localName;
    const ofEncryption = what === 'DigestMethod' && (element.parentNode as XmlElement | null)?.localName === 'EncryptionMethod';
    if (!(ofEncryption ? value === digestOfEncryption : (algorithms[what] ?? []).includes(value)))
      throw new SamlFault(`${what} is ${value}, which is not accepted. Let the identity provider sign with RSA and SHA-256, and encrypt with AES and RSA-OAEP.`, {
        code: 'identity_wrong_algorithm',
      });
  }
}

function assertSuccess(response: XmlElement): void {
  const [status] = childrenOf(response, protocolNamespace, 'Status');
  const codeOf = (parent: XmlElement | undefined): XmlElement | undefined => (parent === undefined ? undefined : childrenOf(parent, protocolNamespace, 'StatusCode')[0]);
  const code = codeOf(status);
  const [first, second] = [code, codeOf(code)].map((each) => (each === undefined ? undefined : attribute(each, 'Value')));
  if (first === success) return;
  const message = status === undefined ? undefined : textOf(childrenOf(status, protocolNamespace, 'StatusMessage')[0]);
  throw new SamlFault(`The identity provider refused: ${[first ?? 'no status', second, message].filter((each) => each !== undefined).join(', ')}.`, { code: 'identity_declined' });
}

/** @param optional whether it may be missing, because the signed assertion must have it anyway */
function assertEqual(code: RefusalCode, what: string, given: string | undefined, expected: string, optional = false): void {
  if (given === expected || (given === undefined && optional)) return;
  throw new SamlFault(`${what} ${given === undefined ? 'is missing' : `is "${given}"`}. Expected: "${expected}".`, { code });
}

const signaturesOf = (element: XmlElement): XmlElement[] => childrenOf(element, signatureNamespace, 'Signature');
const assertionsOf = (response: XmlElement): XmlElement[] => ['Assertion', 'EncryptedAssertion'].flatMap((localName) => childrenOf(response, assertionNamespace, localName));

/** Returns the signed text of the assertion: that of its own signature, or the one within the signed text of the response. */
async function signedAssertion(text: string, response: XmlElement, expected: Expectations): Promise<string> {
  const ofResponse = signaturesOf(response).length === 0 ? undefined : await verified(text, response, expected);
  const [found] = assertionsOf(response);
  if (found === undefined) throw new SamlFault('The response has no assertion.', { code: 'identity_incomplete' });
  const signed = ofResponse === undefined ? undefined : assertionsOf(await parseXml(checkedXml(ofResponse)))[0];
  if (ofResponse !== undefined && signed === undefined) throw new SamlFault('The signature of the response does not cover the assertion.', { code: 'identity_signature_wrapped' });
  if (is(found, assertionNamespace, 'Assertion')) {
    if (signaturesOf(found).length > 0) return verified(text, found, expected);
    if (signed !== undefined) return signed.toString();
    throw new SamlFault('Neither the assertion nor the response is signed.', { code: 'identity_unsigned' });
  }
  const decrypted = checkedXml(await decrypt(signed ?? found, expected));
  const assertion = await parseXml(decrypted);
  if (!is(assertion, assertionNamespace, 'Assertion')) throw new SamlFault('The encrypted element is not an assertion.', { code: 'identity_signature_wrapped' });
  assertStructure(assertion);
  if (signaturesOf(assertion).length > 0) return verified(decrypted, assertion, expected);
  if (signed !== undefined) return decrypted;
  throw new SamlFault('Neither the encrypted assertion nor the response is signed.', { code: 'identity_unsigned' });
}

/** Returns the canonical text that a signature covers. @throws {SamlFault} unless a known certificate has signed exactly the element that has the signature */
async function verified(text: string, element: XmlElement, { certificates }: Expectations): Promise<string> {
  const { getVerifiedXml } = await import('@node-saml/node-saml/lib/xml.js');
  let signed: string | null = null;
  let cause: unknown;
  try {
    signed = getVerifiedXml(text, element, [...certificates]);
  } catch (error) {
    cause = error;
  }
  if (signed === null || signed === '') throw signatureFault(element, certificates, cause);
  return signed;
}

function signatureFault(element: XmlElement, certificates: readonly string[], cause: unknown): SamlFault {
  const what = element.localName === 'Response' ? 'response' : 'assertion';
  const [named] = elementsOf(element).filter((each) => is(each, signatureNamespace, 'X509Certificate'));
  const known = certificates.map((pem) => new X509Certificate(pem).fingerprint256);
  try {
    const { fingerprint256 } = new X509Certificate(Buffer.from(textOf(named) ?? '', 'base64'));
    if (!known.includes(fingerprint256))
      return new SamlFault(`The ${what} is signed with an unknown certificate, whose SHA-256 is ${fingerprint256}. Those of the connection: ${known.join(', ')}.`, {
        code: 'identity_unknown_key',
        cause,
      });
  } catch {
    // It names none. Then the signature alone decides.
  }
  return new SamlFault(`The signature of the ${what} is wrong: it was made with another key, or the ${what} was changed.`, { code: 'identity_wrong_signature', cause });
}

async function decrypt(encrypted: XmlElement, { privateKeys }: Expectations): Promise<string> {
  const below = elementsOf(encrypted);
  const count = (localName: string): number => below.filter((each) => each.localName === localName).length;
  const data = childrenOf(encrypted, encryptionNamespace, 'EncryptedData');
  if (data.length !== 1 || count('EncryptedData') !== 1 || count('EncryptedKey') !== 1)
    throw new SamlFault('The encrypted assertion must have one EncryptedData and one EncryptedKey.', { code: 'identity_signature_wrapped' });
  // The library puts it into an expression of XPath.
  for (const each of below)
    if (each.localName === 'RetrievalMethod' && !/^#[\w.-]+$/.test(attribute(each, 'URI') ?? ''))
      throw new SamlFault('The encrypted key is elsewhere.', { code: 'identity_signature_wrapped' });
  const { decryptXml } = await import('@node-saml/node-saml/lib/xml.js');
  let cause: unknown;
  for (const privateKey of privateKeys)
    try {
      return await decryptXml(encrypted.toString(), privateKey);
    } catch (error) {
      cause ??= error;
    }
  throw new SamlFault('The assertion cannot be decrypted. Register the certificate of this connection at the identity provider.', { code: 'identity_not_decryptable', cause });
}

/** @param signed the text of an assertion that was signed */
async function readAssertion(signed: string, expected: Expectations): Promise<Assertion> {
  const assertion = await parseXml(checkedXml(signed));
  if (!is(assertion, assertionNamespace, 'Assertion')) throw new SamlFault('The signed element is not an assertion.', { code: 'identity_signature_wrapped' });
  const only = (parent: XmlElement, localName: string): XmlElement => {
    const found = childrenOf(parent, assertionNamespace, localName);
    if (found.length !== 1 || found[0] === undefined)
      throw new SamlFault(`The assertion must have one element ${localName}. It has ${found.length}.`, { code: 'identity_incomplete' });
    return found[0];
  };
  assertEqual('identity_malformed', 'The version of the assertion', attribute(assertion, 'Version'), '2.0');
  assertEqual('identity_wrong_issuer', 'The issuer of the assertion', textOf(only(assertion, 'Issuer')), expected.issuer);
  const subject = only(assertion, 'Subject');
  assertConfirmed(subject, expected);
  assertConditions(only(assertion, 'Conditions'), expected);
  const statements = childrenOf(assertion, assertionNamespace, 'AuthnStatement');
  if (statements.length === 0) throw new SamlFault('The assertion does not say that the user has authenticated: it has no AuthnStatement.', { code: 'identity_incomplete' });
  for (const statement of statements) assertTime('The session of the identity provider', undefined, attribute(statement, 'SessionNotOnOrAfter'), expected.now);
  const nameId = only(subject, 'NameID');
  const text = textOf(nameId);
  if (text === undefined || text.length > 500) throw new SamlFault('The NameID is empty or longer than 500 characters.', { code: 'identity_wrong_subject' });
  const nameIdFormat = attribute(nameId, 'Format');
  if (nameIdFormat === nameIdFormats.transient)
    throw new SamlFault('The NameID is transient, so that nobody is known again. Let the identity provider send a persistent one, or an email address.', {
      code: 'identity_wrong_subject',
    });
  return { issuer: expected.issuer, nameId: text, nameIdFormat, attributes: attributesOf(assertion) };
}

/** At least one confirmation must be right. The fault is that of the last one. */
function assertConfirmed(subject: XmlElement, { recipient, requestId, now }: Expectations): void {
  let fault = new SamlFault('The assertion has no confirmation of the method bearer.', { code: 'identity_incomplete' });
  for (const confirmation of childrenOf(subject, assertionNamespace, 'SubjectConfirmation')) {
    const [data] = childrenOf(confirmation, assertionNamespace, 'SubjectConfirmationData');
    if (attribute(confirmation, 'Method') !== bearer || data === undefined) continue;
    try {
      assertEqual('identity_wrong_recipient', 'The recipient of the assertion', attribute(data, 'Recipient'), recipient);
      assertEqual('identity_wrong_request', 'The assertion answers the request (InResponseTo), which', attribute(data, 'InResponseTo'), requestId);
      if (attribute(data, 'NotOnOrAfter') === undefined) throw new SamlFault('The confirmation of the assertion does not expire (NotOnOrAfter).', { code: 'identity_incomplete' });
      assertTime('The confirmation of the assertion', attribute(data, 'NotBefore'), attribute(data, 'NotOnOrAfter'), now);
      return;
    } catch (error) {
      if (!(error instanceof SamlFault)) throw error;
      fault = error;
    }
  }
  throw fault;
}

function assertConditions(conditions: XmlElement, { audience, now }: Expectations): void {
  assertTime('The assertion', attribute(conditions, 'NotBefore'), attribute(conditions, 'NotOnOrAfter'), now);
  const restrictions = childrenOf(conditions, assertionNamespace, 'AudienceRestriction');
  if (restrictions.length === 0) throw new SamlFault('The assertion has no audience.', { code: 'identity_wrong_audience' });
  for (const restriction of restrictions) {
    const audiences = childrenOf(restriction, assertionNamespace, 'Audience').map(textOf);
    if (!audiences.includes(audience))
      throw new SamlFault(`The audience of the assertion is "${audiences.join('", "')}". Expected: "${audience}".`, { code: 'identity_wrong_audience' });
  }
  // Each assertion is used once, and none is passed on. A condition that is not understood makes an assertion invalid.
  const unknown = children(conditions).find(
    ({ namespaceURI, localName }) => namespaceURI !== assertionNamespace || !['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'].includes(localName),
  );
  if (unknown !== undefined) throw new SamlFault(`The assertion has the unknown condition ${unknown.localName}.`, { code: 'identity_incomplete' });
}

function assertTime(what: string, notBefore: string | undefined, notOnOrAfter: string | undefined, now: Date): void {
  const [from, until] = [timeOf(notBefore), timeOf(notOnOrAfter)];
  if (from !== undefined && from.getTime() - clockTolerance > now.getTime())
    throw new SamlFault(`${what} is not valid before ${notBefore}. It is ${now.toISOString()}.`, { code: 'identity_not_valid_yet' });
  if (until !== undefined && until.getTime() + clockTolerance <= now.getTime())
    throw new SamlFault(`${what} has expired at ${notOnOrAfter}. It is ${now.toISOString()}.`, { code: 'identity_expired' });
}

/** A time without a zone would be one of this machine. */
function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time === undefined) throw new SamlFault(`"${text}" is not a time in UTC.`);
  return time;
}

function attributesOf(assertion: XmlElement): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const statement of childrenOf(assertion, assertionNamespace, 'AttributeStatement'))
    for (const each of childrenOf(statement, assertionNamespace, 'Attribute')) {
      const values = childrenOf(each, assertionNamespace, 'AttributeValue').flatMap((value) => textOf(value) ?? []);
      const name = attribute(each, 'Name') ?? '';
      found.set(name, [...(found.get(name) ?? []), ...values]);
    }
  return found;
}
