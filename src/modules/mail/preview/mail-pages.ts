import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Email } from 'postal-mime';
import { mailFolderOf } from '../delivery/mail.transport.js';
import { mailKinds } from '../rendering/mail-drafts.js';
import { escapeHtml } from '../rendering/mail-html.js';
import type { MailRendererService } from '../rendering/mail-renderer.service.js';
import type { MailKind } from '../mail.templates.js';

interface Shown {
  readonly title: string;
  /** The lines above the mail, such as its sender. */
  readonly lines: readonly string[];
  readonly text: string;
  readonly html: string;
}

const home = '/dev/mail';
const maxListed = 100;

const isLoopback = (address: string | undefined): boolean => address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request comes from a browser on this machine that shows these pages themselves. The mails contain links that give access: no other machine gets
 * them, also not through a proxy or tunnel, and no page of another origin, also not one whose host name leads to this machine (DNS rebinding).
 */
function isFromHere({ socket, headers, raw }: FastifyRequest): boolean {
  // Proxies, such as nginx as it is installed, may send no field that names them, but HTTP/1.0, which no browser does.
  if (raw.httpVersion === '1.0' || !isLoopback(socket.remoteAddress) || !loopbackHost.test(headers.host ?? '')) return false;
  if (headers.origin !== undefined || proxyHeaders.some((name) => headers[name] !== undefined)) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'none' || site === 'same-origin' || headers['sec-fetch-dest'] === 'document';
}

const send = (reply: FastifyReply, policy: string, html: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'content-security-policy': policy, 'x-frame-options': 'SAMEORIGIN', 'referrer-policy': 'no-referrer' })
    .send(html);

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Links open in a new tab. Nothing runs, and no form is sent. */
const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
const mailPolicy = `sandbox ${sandbox}; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; frame-ancestors 'self'`;

const style =
  'body{margin:0 auto;max-width:60rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif}table{border-collapse:collapse;width:100%}td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}iframe{width:100%;height:36rem;border:1px solid #999;border-radius:.5rem;background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem;border:1px solid #999;border-radius:.5rem}:root{color-scheme:light dark}';

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>${body}</body></html>`;

const link = (target: string, text: string): string => `<a href="${escapeHtml(target)}">${escapeHtml(text)}</a>`;
/** The links of a text can be followed. */
const withLinks = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : `<a href="${escapeHtml(part)}" target="_blank" rel="noreferrer">${escapeHtml(part)}</a>`))
    .join('');

const mailPage = ({ title, lines, text }: Shown, htmlPath: string): string =>
  page(
    title,
    `<p>${link(home, 'All mails')}</p><h1>${escapeHtml(title)}</h1><p>${lines.map(escapeHtml).join('<br>')}</p><iframe sandbox="${sandbox}" title="HTML" src="${escapeHtml(htmlPath)}"></iframe><h2>Text</h2><pre>${withLinks(text)}</pre>`,
  );

/** The links of a mail in a frame open in a new tab, because most pages refuse to be shown in a frame. */
const framed = (html: string): string => html.replace('<head>', '<head><base target="_blank">');

const addressOf = (mailbox: Email['from']): string => (mailbox === undefined ? '' : `${mailbox.name} <${mailbox.address ?? ''}>`.trim());

/**
 * Serves the mails that are written to files, and previews of all kinds, at `/dev/mail`: to browsers on this machine only. Never call it in production.
 *
 * @param dataDir the data folder, which has the mails; undefined if they are sent: those that were written before are not shown
 */
export function serveMailPages(fastify: FastifyInstance, { dataDir, renderer }: { readonly dataDir: string | undefined; readonly renderer: MailRendererService }): void {
  const folder = dataDir === undefined ? undefined : mailFolderOf(dataDir);

  const listNames = async (): Promise<string[]> => {
    const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
    return names.filter((name) => name.endsWith('.eml')).toSorted((one, other) => (one < other ? 1 : -1));
  };
  const readMail = async (name: string): Promise<Email | undefined> => {
    if (folder === undefined || !(await listNames()).includes(name)) return undefined;
    const { default: PostalMime } = await import('postal-mime');
    return await PostalMime.parse(await readFile(path.join(folder, name)));
  };
  const writtenMail = async ({ name = '' }: Parameters): Promise<Shown | undefined> => {
    const mail = await readMail(name);
    if (mail === undefined) return undefined;
    const lines = [`From: ${addressOf(mail.from)}`, `To: ${(mail.to ?? []).map(addressOf).join(', ')}`, `Date: ${mail.date ?? ''}`];
    return { title: mail.subject ?? '', lines, text: mail.text ?? '', html: mail.html ?? '' };
  };
  const preview = async ({ kind = '', locale = 'en' }: Parameters): Promise<Shown | undefined> => {
    if (!mailKinds.includes(kind as MailKind) || !renderer.languages.includes(locale)) return undefined;
    const { subject, text, html } = await renderer.previewMail(kind as MailKind, { locale });
    return { title: subject, lines: [`Preview of ${kind} in ${locale}, with sample data`], text, html };
  };

  const list = async (): Promise<string> => {
    const names = await listNames();
    const rows = await Promise.all(
      names.slice(0, maxListed).map(async (name) => {
        const mail = await readMail(name);
        return `<tr><td>${escapeHtml(name.slice(0, 24))}</td><td>${escapeHtml((mail?.to ?? []).map(({ address }) => address ?? '').join(', '))}</td><td>${link(`${home}/files/${name}`, mail?.subject ?? name)}</td></tr>`;
      }),
    );
    const written = names.length === 0 ? '<p>No mail was written yet.</p>' : `<table><tr><th>Written</th><th>To</th><th>Subject</th></tr>${rows.join('')}</table>`;
    const more = names.length > maxListed ? `<p>The newest ${maxListed} of ${names.length} mails.</p>` : '';
    const previews = mailKinds
      .map((kind) => `<tr><td>${escapeHtml(kind)}</td><td>${renderer.languages.map((locale) => link(`${home}/previews/${locale}/${kind}`, locale)).join(' ')}</td></tr>`)
      .join('');
    return page(
      'Mails',
      `<h1>Mails</h1>${folder === undefined ? '<p>Mails are sent through SMTP_URL.</p>' : `<p>In ${escapeHtml(folder)}, newest first.</p>${written}${more}`}<h2>Previews</h2><table>${previews}</table>`,
    );
  };

  /** Refused requests get the answer of a path that does not exist. */
  const serve = (route: string, answer: (request: FastifyRequest<{ Params: Parameters }>, reply: FastifyReply) => Promise<FastifyReply | undefined>): void => {
    fastify.get<{ Params: Parameters }>(route, async (request, reply) => {
      const answered = isFromHere(request) ? await answer(request, reply) : undefined;
      if (answered === undefined) reply.callNotFound();
      return reply;
    });
  };

  serve(home, async (_request, reply) => send(reply, pagePolicy, await list()));
  for (const [route, find] of [
    [`${home}/files/:name`, writtenMail],
    [`${home}/previews/:locale/:kind`, preview],
  ] as const) {
    serve(route, async ({ params, url }, reply) => {
      const shown = await find(params);
      return shown === undefined ? undefined : send(reply, pagePolicy, mailPage(shown, `${url}/html`));
    });
    serve(`${route}/html`, async ({ params }, reply) => {
      const shown = await find(params);
      return shown === undefined ? undefined : send(reply, mailPolicy, framed(shown.html));
    });
  }
}

interface Parameters {
  readonly name?: string;
  readonly locale?: string;
  readonly kind?: string;
}
