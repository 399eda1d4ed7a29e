/** What the server says in the document, before any call of the API. */
export interface Settings {
  readonly methods: readonly ('password' | 'mail' | 'passkey' | 'provider' | 'sso')[];
  readonly product: string;
  /** The origin of `APP_URL`: the only one to which pages of others, such as a checkout, lead back. */
  readonly appOrigin: string;
  /** The hosts of the installation, which are none of an organization. */
  readonly ownHosts: readonly string[];
  /** The origins of pages to which a person may be sent back after the sign-in. */
  readonly returnOrigins: readonly string[];
}

/** Returns the text of the element, or nothing while the development server of Vite serves the document. */
function read(): Settings {
  const text = document.querySelector<HTMLMetaElement>('meta[name="tenantry"]')?.content ?? '';
  if (!text.startsWith('{')) return { methods: ['password', 'passkey'], product: 'tenantry', appOrigin: location.origin, ownHosts: [location.host], returnOrigins: [] };
  return JSON.parse(text) as Settings;
}

export const settings = read();

/** Whether the host of the page can be that of an organization. */
export const mayHaveBrand = !settings.ownHosts.includes(location.host) && !['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** Returns the address to go on at after a sign-in: `return_to`, if it is of this origin or of one that the installation allows. */
export function returnAddress(wanted: string | undefined): string | undefined {
  if (wanted === undefined || !URL.canParse(wanted, location.origin)) return undefined;
  const url = new URL(wanted, location.origin);
  return url.origin === location.origin || settings.returnOrigins.includes(url.origin) ? url.href : undefined;
}

/** The address of the page, if pages of others can lead back to it. Otherwise they lead to `APP_URL`. */
export const ownAddress = (): string | undefined => (location.origin === settings.appOrigin ? `${location.origin}${location.pathname}` : undefined);
