/** Returns the entity ID of a connection by SAML, which is the URL of its metadata. @param apiUrl the base URL of this API */
export const entityIdOf = (apiUrl: string, id: string): string => `${apiUrl}/api/v1/auth/sso/${id}/metadata`;

/** Returns the URL to which the identity provider of a connection by SAML sends responses (assertion consumer service). @param apiUrl the base URL of this API */
export const consumerOf = (apiUrl: string, id: string): string => `${apiUrl}/api/v1/auth/sso/${id}/acs`;
