import { readCertificate, type KnownCertificate } from './certificates.js';
import { attribute, checkedXml, childrenOf, elementsOf, is, parseXml, SamlFault, textOf, type XmlElement } from './xml.js';

const metadataNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata';
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** How an identity provider describes itself. */
export interface IdentityProviderMetadata {
  readonly entityId: string;
  readonly signInUrl: string;
  /** At least one. */
  readonly certificates: readonly KnownCertificate[];
}

/** Reads the metadata of one identity provider. Its signature is not checked: an administrator has chosen it. @throws {SamlFault} */
export async function readMetadata(text: string): Promise<IdentityProviderMetadata> {
  const root = await parseXml(checkedXml(text, true));
  const [provider, ...others] = elementsOf(root).filter((element) => is(element, metadataNamespace, 'IDPSSODescriptor'));
  if (provider === undefined || others.length > 0) throw new SamlFault('The metadata must describe one identity provider (IDPSSODescriptor).');
  const entity = provider.parentNode as XmlElement | null;
  const entityId = entity !== null && is(entity, metadataNamespace, 'EntityDescriptor') ? attribute(entity, 'entityID') : undefined;
  if (entityId === undefined) throw new SamlFault('The metadata has no entity ID (EntityDescriptor).');
  const service = childrenOf(provider, metadataNamespace, 'SingleSignOnService').find((each) => attribute(each, 'Binding') === redirect);
  const signInUrl = service === undefined ? undefined : attribute(service, 'Location');
  if (signInUrl === undefined) throw new SamlFault('The metadata has no SingleSignOnService with the binding HTTP-Redirect.');
  const keys = childrenOf(provider, metadataNamespace, 'KeyDescriptor').filter((each) => attribute(each, 'use') !== 'encryption');
  const certificates = keys
    .flatMap(elementsOf)
    .filter((each) => is(each, signatureNamespace, 'X509Certificate'))
    .map((each, at) => {
      try {
        return readCertificate(textOf(each) ?? '');
      } catch (error) {
        throw new SamlFault(`Certificate ${at + 1} of the metadata cannot be used: ${(error as Error).message}.`, { cause: error });
      }
    });
  if (certificates.length === 0) throw new SamlFault('The metadata has no certificate to sign with (KeyDescriptor).');
  return { entityId, signInUrl, certificates: [...new Map(certificates.map((each) => [each.fingerprint, each])).values()] };
}
