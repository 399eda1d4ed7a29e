import { randomBytes, webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { X509CertificateGenerator } from '@peculiar/x509';
import { SignedXml } from 'xml-crypto';
import { encrypt, type EncryptOptions } from 'xml-encryption';
import type { Answer, Client } from './client.js';
import { newPage } from './identity-provider.js';

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** A key with its certificate, in PEM. */
export interface SamlKey {
  readonly privateKey: string;
  readonly certificate: string;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 } as const;

export async function newSamlKey(modulusLength = 2048): Promise<SamlKey> {
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength }, true, ['sign', 'verify']);
  const notAfter = new Date(Date.now() + 86_400_000);
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=idp', notBefore: new Date(0), notAfter, signingAlgorithm: algorithm, keys }, webcrypto);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { privateKey: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, certificate: certificate.toString('pem') };
}

/** What a request asks for. */
export interface SamlRequest {
  readonly id: string;
  /** The entity ID of the one who asks. */
  readonly issuer: string;
  readonly acs: string;
  readonly relayState: string;
  readonly xml: string;
  /** The address, with the signature of a request that is signed. */
  readonly url: URL;
}

export interface SamlPerson {
  readonly nameId: string;
  readonly format?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

/** What an answer has that is not as usual. */
export interface Oddities {
  readonly issuer?: string;
  readonly audience?: string;
  readonly recipient?: string;
  readonly inResponseTo?: string;
  readonly destination?: string;
  /** Milliseconds from now. */
  readonly notBefore?: number;
  readonly notOnOrAfter?: number;
  readonly status?: string;
  readonly signs?: 'assertion' | 'response' | 'both' | 'none';
  readonly key?: () => SamlKey;
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  /** Changes the assertion before it is signed. */
  readonly changeAssertion?: (xml: string) => string;
  /** Changes the response after everything is signed. */
  readonly changeResponse?: (xml: string) => string;
  /** The certificate with which the assertion is encrypted. */
  readonly encryptFor?: string;
  readonly encryption?: { readonly content?: EncryptOptions['encryptionAlgorithm']; readonly key?: EncryptOptions['keyEncryptionAlgorithm'] };
}

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Signs the element `name` of a text, after its issuer. */
export function sign(
  text: string,
  name: 'Assertion' | 'Response',
  { privateKey, certificate }: SamlKey,
  { signatureAlgorithm = rsaSha256, digestAlgorithm }: Oddities = {},
): string {
  const signer = new SignedXml({ privateKey, publicCert: certificate, signatureAlgorithm, canonicalizationAlgorithm: exclusive });
  const element = name === 'Response' ? `/*[local-name(.)='Response']` : `//*[local-name(.)='Assertion']`;
  signer.addReference({ xpath: element, transforms: [enveloped, exclusive], digestAlgorithm: digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256' });
  signer.computeSignature(text, { prefix: 'ds', location: { reference: `${element}/*[local-name(.)='Issuer']`, action: 'after' } });
  return signer.getSignedXml();
}

/** A SAML identity provider on loopback, whose people sign in at once: it reads requests by HTTP-Redirect and answers with forms by HTTP-POST. */
export class SamlIdentityProvider {
  readonly #answers = new Map<string, { readonly person: SamlPerson; readonly oddities: Oddities }>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly key: SamlKey,
  ) {}

  get entityId(): string {
    return `${this.url}/entity`;
  }

  get signInUrl(): string {
    return `${this.url}/sso?tenant=1`;
  }

  static async open(): Promise<SamlIdentityProvider> {
    let provider: SamlIdentityProvider | undefined;
    const server = createServer((request, response) => void provider?.answer(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    provider = new SamlIdentityProvider(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, await newSamlKey());
    return provider;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** @param keys of which the certificates are in it */
  metadata(keys: readonly SamlKey[] = [this.key]): string {
    const descriptors = keys.map(
      ({ certificate }) =>
        `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    );
    return `<?xml version="1.0" encoding="UTF-8"?>
<!-- Metadata has comments. -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${this.entityId}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${descriptors.join('')}
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${this.url}/post"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${xml(this.signInUrl)}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;
  }

  /** Signs a person in at the provider. @returns the fields of the form that the browser sends to `acs` */
  async signIn(
    url: string,
    person: SamlPerson,
    oddities: Oddities = {},
  ): Promise<{ readonly acs: string; readonly fields: Readonly<Record<string, string>>; readonly request: SamlRequest }> {
    const ticket = randomBytes(8).toString('hex');
    this.#answers.set(ticket, { person, oddities });
    const response = await fetch(url, { headers: { 'x-person': ticket } });
    const page = await response.text();
    const acs = /action="([^"]*)"/.exec(page)?.[1];
    if (acs === undefined) throw new Error(`the identity provider answered ${response.status}: ${page}`);
    const fields = Object.fromEntries([...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
    return { acs, fields, request: readRequest(new URL(url)) };
  }

  /** Returns the response to a request, in base64. */
  async respond({ id, issuer: audience, acs }: Pick<SamlRequest, 'id' | 'issuer' | 'acs'>, person: SamlPerson, oddities: Oddities = {}): Promise<string> {
    const at = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();
    const { nameId, format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', attributes = {} } = person;
    const { signs = 'assertion', encryptFor, changeAssertion = (text) => text, changeResponse = (text) => text } = oddities;
    const key = oddities.key?.() ?? this.key;
    const issuer = `<saml:Issuer>${xml(oddities.issuer ?? this.entityId)}</saml:Issuer>`;
    const answers = oddities.inResponseTo ?? id;
    const inResponseTo = answers === '' ? '' : ` InResponseTo="${xml(answers)}"`;
    const until = at(oddities.notOnOrAfter ?? 120_000);
    const statements = Object.entries(attributes).map(
      ([name, values]) => `<saml:Attribute Name="${xml(name)}">${values.map((value) => `<saml:AttributeValue>${xml(value)}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
    );
    const assertion = changeAssertion(
      `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(16).toString('hex')}" Version="2.0" IssueInstant="${at(0)}">${issuer}` +
        `<saml:Subject><saml:NameID Format="${format}">${xml(nameId)}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
        `<saml:SubjectConfirmationData Recipient="${xml(oddities.recipient ?? acs)}" NotOnOrAfter="${until}"${inResponseTo}/></saml:SubjectConfirmation></saml:Subject>` +
        `<saml:Conditions NotBefore="${at(oddities.notBefore ?? -60_000)}" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${xml(oddities.audience ?? audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
        `<saml:AuthnStatement AuthnInstant="${at(0)}" SessionIndex="_1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
        `${statements.length === 0 ? '' : `<saml:AttributeStatement>${statements.join('')}</saml:AttributeStatement>`}</saml:Assertion>`,
    );
    const signed = signs === 'assertion' || signs === 'both' ? sign(assertion, 'Assertion', key, oddities) : assertion;
    const carried = encryptFor === undefined ? signed : `<saml:EncryptedAssertion>${await encryptXml(signed, encryptFor, oddities.encryption)}</saml:EncryptedAssertion>`;
    const response =
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(16).toString('hex')}" Version="2.0" IssueInstant="${at(0)}" Destination="${xml(oddities.destination ?? acs)}"${inResponseTo}>` +
      `${issuer}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${oddities.status ?? 'Success'}"/></samlp:Status>${carried}</samlp:Response>`;
    return Buffer.from(changeResponse(signs === 'response' || signs === 'both' ? sign(response, 'Response', key, oddities) : response)).toString('base64');
  }

  async answer({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url === '/metadata') return void response.setHeader('content-type', 'application/samlmetadata+xml').end(this.metadata());
    const request = readRequest(new URL(url, this.url));
    const { person, oddities } = this.#answers.get(String(headers['x-person'])) ?? { person: { nameId: 'nobody' }, oddities: {} };
    const fields = { SAMLResponse: await this.respond(request, person, oddities), RelayState: request.relayState };
    const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    response.setHeader('content-type', 'text/html').end(`<form method="post" action="${request.acs}">${inputs.join('')}</form>`);
  }
}

const base64Of = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

function encryptXml(text: string, certificate: string, { content, key }: NonNullable<Oddities['encryption']> = {}): Promise<string> {
  const options: EncryptOptions = {
    rsa_pub: certificate,
    pem: certificate,
    encryptionAlgorithm: content ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
    keyEncryptionAlgorithm: key ?? 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    warnInsecureAlgorithm: false,
  };
  return promisify(encrypt)(text, options);
}

/** Reads a request of the binding HTTP-Redirect. */
export function readRequest(url: URL): SamlRequest {
  const text = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  const of = (pattern: RegExp): string => (pattern.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
  return {
    id: of(/ ID="([^"]*)"/),
    issuer: of(/Issuer[^>]*>([^<]*)</),
    acs: of(/AssertionConsumerServiceURL="([^"]*)"/),
    relayState: url.searchParams.get('RelayState') ?? '',
    xml: text,
    url,
  };
}

/** Sends a form to an assertion consumer service of a server, as a browser. @returns the answer, which sends it to a page */
export const sendForm = (api: Client, acs: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
  api.post(new URL(acs).pathname.replace('/api/v1', ''), undefined, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://login.acme.example', 'sec-fetch-site': 'cross-site' },
    raw: new URLSearchParams(fields).toString(),
  });

/** Begins a sign-in or a test, visits the provider, and sends its form. @returns what the page sends to complete it */
export async function visitSaml(
  api: Client,
  provider: SamlIdentityProvider,
  person: SamlPerson,
  path: string,
  oddities: Oddities = {},
): Promise<{ readonly state: string; readonly verifier: string }> {
  const { verifier, challenge } = newPage();
  const begun = await api.post(path, { challenge });
  if (begun.status !== 200) throw new Error(`${path} answered ${begun.status}: ${begun.text}`);
  const { acs, fields } = await provider.signIn(begun.body.url as string, person, oddities);
  const { status, headers, text } = await sendForm(api, acs, fields);
  const location = headers.get('location');
  if (status !== 303 || location === null) throw new Error(`${acs} answered ${status}: ${text}`);
  return { state: new URL(location).searchParams.get('state') ?? '', verifier };
}
