import type { Draft, Paragraph } from './mail-drafts.js';

/** How the HTML of a mail looks. */
export interface MailLook {
  /** The BCP 47 tag of the text. */
  readonly language: string;
  /** The name at the top: of the organization, or of the product. */
  readonly heading: string;
  /** The https URL of an image that is shown in the place of the heading. */
  readonly logoUrl: string | undefined;
  /** The colour of the button, as `#rrggbb`. */
  readonly color: string | undefined;
}

const defaultColor = '#1d4ed8';
const rightToLeft = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']);

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
const lines = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>');

/** Returns the relative luminance of a colour (WCAG 2). */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Returns black or white: the colour that is easier to read on the other one. The contrast is at least 4.5. @param color `#rrggbb` */
export function textColorOn(color: string): string {
  const luminance = luminanceOf(color);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

const font = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
/** In programs that show mails in the dark; others ignore it. All colours that the mail sets have a dark one. */
const dark =
  ':root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){.page{background:#111827!important}.card{background:#1f2937!important;border-color:#374151!important}.text{color:#f9fafb!important}.code{background:#374151!important}.small{color:#d1d5db!important}}';

function paragraph(content: Paragraph): string {
  if (typeof content === 'string') return `<p class="text" style="margin:0 0 16px;color:#111827">${lines(content)}</p>`;
  if ('code' in content)
    return `<p style="margin:0 0 16px"><span class="code text" style="display:inline-block;padding:8px 16px;border-radius:6px;background:#f3f4f6;color:#111827;font:700 22px/1.4 ui-monospace,Consolas,monospace;letter-spacing:2px;overflow-wrap:anywhere">${lines(content.code)}</span></p>`;
  return `<blockquote class="text" style="margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #9ca3af;color:#111827">${lines(content.quote)}</blockquote>`;
}

/** A button that all programs show: a cell with a colour of its own. Its border keeps it visible where colours are changed. */
const button = (label: string, link: string, color: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px"><tr><td bgcolor="${color}" style="border-radius:6px;background:${color};border:1px solid ${textColorOn(color)}"><a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 20px;color:${textColorOn(color)};font-weight:600;text-decoration:none">${escapeHtml(label)}</a></td></tr></table>`;

const small = (text: string): string => `<p class="small" style="margin:0 0 12px;font-size:13px;color:#4b5563;word-break:break-word">${lines(text)}</p>`;

/**
 * Returns a mail as an HTML document: one column of tables with inline styles, which all mail programs show. It is complete without images and without the
 * style element, and loads nothing but the logo.
 *
 * @param footer the texts below the mail @param linkAsText says that the link follows, for people whose program shows no button
 */
export function htmlOf({ subject, paragraphs, action, closing }: Draft, footer: readonly string[], linkAsText: string, look: MailLook): string {
  const { language, heading, logoUrl, color = defaultColor } = look;
  const direction = rightToLeft.has(language.split('-', 1)[0] ?? '') ? 'rtl' : 'ltr';
  const name = escapeHtml(heading);
  const top =
    logoUrl === undefined
      ? `<p class="text" style="margin:0;font-size:18px;font-weight:700;color:#111827">${name}</p>`
      : `<img src="${escapeHtml(logoUrl)}" alt="${name}" height="40" style="display:block;height:40px;max-width:240px;border:0;font-size:18px;font-weight:700">`;
  const body = [
    ...paragraphs.map(paragraph),
    ...(action === undefined ? [] : [button(action.label, action.link, color)]),
    ...(action === undefined ? [] : [small(`${linkAsText}\n${action.link}`)]),
    small(closing),
  ].join('');
  return [
    `<!doctype html><html lang="${escapeHtml(language)}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(subject)}</title><style>${dark}</style></head>`,
    `<body class="page" style="margin:0;padding:0;background:#f3f4f6">`,
    `<div role="article" aria-label="${escapeHtml(subject)}" lang="${escapeHtml(language)}" dir="${direction}">`,
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background:#f3f4f6"><tr><td align="center" style="padding:24px 12px">`,
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;${font};font-size:16px;line-height:1.5;text-align:start">`,
    `<tr><td style="padding:0 8px 16px">${top}</td></tr>`,
    `<tr><td class="card" style="padding:24px 24px 12px;background:#ffffff;border:1px solid #e5e7eb;border-radius:8px">${body}</td></tr>`,
    `<tr><td style="padding:16px 8px 0">${footer.map(small).join('')}</td></tr>`,
    `</table></td></tr></table></div></body></html>`,
  ].join('\n');
}
