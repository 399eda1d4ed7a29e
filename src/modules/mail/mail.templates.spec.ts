import { expect, test } from '@jest/globals';
import { renderMail, type MailTemplates } from './mail.templates.js';

/** Data of every template, with a text in every place for a person's text. */
const data = (text: string): { [Name in keyof MailTemplates]: MailTemplates[Name] } => ({
  'verify-email': { name: text, link: 'https://app.example/x' },
  invitation: { organization: text, inviter: text, role: text, message: text, link: 'https://app.example/x', expiresAt: '2026-11-26T10:00:00.000Z' },
  welcome: { name: text, organization: text, link: 'https://app.example/x' },
  'member-added': { name: text, organization: text, role: text },
  'sign-in': { name: text, signedUpOn: null, code: '1234 5678', link: 'https://app.example/x' },
  'sign-in-known-network': { name: text, signedUpOn: null, code: '1234 5678', link: 'https://app.example/x' },
  'reset-password': { name: text, signedUpOn: null, link: 'https://app.example/x' },
  'email-change': { name: text, email: 'new@example.com', link: 'https://app.example/x' },
  'operator-second-factor': { name: text, link: 'https://app.example/x' },
  'second-factor-added': { name: text, link: 'https://app.example/x' },
  'identity-changed': { name: text, provider: text, change: 'added' },
  'new-device': { name: text, device: text, address: '192.0.2.1', at: '2026-11-21 10:00 UTC' },
  'passkey-added': { name: text, passkey: text, link: 'https://app.example/x' },
  'passkey-removed': { name: text, passkey: text },
  'break-glass': { name: text, organization: text, link: 'https://app.example/x' },
  'security-relaxed': { organization: text, name: text, email: 'owner@example.com', address: '192.0.2.1' },
  'security-reset': { organization: text, reason: text },
  domain: { organization: text, domain: 'example.com', notice: 'verified' },
  'domain-code': { organization: text, domain: 'example.com', code: '123456' },
  'join-approved': { name: text, organization: text, role: text },
  'usage-threshold': { organization: text, meter: text, percent: 80, used: 8, limit: 10, resetsAt: null, link: 'https://app.example/x' },
  'weekly-usage': { organization: text, week: '2026-W40', lines: [text], link: 'https://app.example/x' },
  billing: { notice: 'invoice_overdue', organization: text, invoice: 'INV-1', amount: '$10.00', dueOn: '2026-11-21', suspended: true, link: 'https://app.example/x' },
});
const names = Object.keys(data('')) as (keyof MailTemplates)[];
const render = (name: keyof MailTemplates, text: string): ReturnType<typeof renderMail> => renderMail(name, data(text)[name] as never);
/** Matches the links of mail programs: a scheme with a colon, or a name with a dot and letters. */
const linked = /\p{L}:\S|[\p{L}\p{N}-][.\u2024\u3002\uff0e\uff61][\p{L}]{2}/u;

const attacks = [
  'http://evil.example/pay',
  'https://evil.example',
  'www.evil.example',
  'evil.com',
  'Pay at evil.co.uk/now',
  'ceo@evil.com',
  'javascript:alert(1)',
  'mailto:x@evil.com',
  'HTTP://EVIL.EXAMPLE',
  'evil\u3002com',
  'evil\uff0ecom',
  'evil\u2024com',
  'münchen.de',
  'a.b.evil.com',
  'http:\u200b//evil.com',
  'xn--80ak6aa92e.com',
];
for (const name of names) {
  test.each(attacks)(`the mail ${name} has no link of a person's text: %s`, (text) => {
    const { subject, text: body, html } = render(name, text);
    const own = body.replaceAll('https://app.example/x', '').replaceAll('example.com', '').replace('2026-11-26T10:00:00.000Z', '').replaceAll(/:\n/g, '\n');
    expect(subject.replaceAll('example.com', '')).not.toMatch(linked);
    expect(own).not.toMatch(linked);
    expect(html.match(/href=/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  test(`the mail ${name} shows a name on one line, without hidden characters, and cut to a limit`, () => {
    const { subject, text } = render(name, `A\r\nBcc: x\u2028B\u202eC\u200b ${'y'.repeat(500)}`);
    expect(subject).toMatch(/^[^\n\r\u2028\u202e\u200b]{1,200}$/u);
    const first = text.split('\n\n')[0] as string;
    expect(first).not.toMatch(/[\n\r\u2028\u202e\u200b]/u);
    expect(text.length).toBeLessThan(1500);
  });
}

test('a name keeps its dots and colons where no link begins', () => {
  expect(render('welcome', 'Dr. A. B. Smith, 10:30, 3.5').subject).toBe('Welcome to Dr. A. B. Smith, 10:30, 3.5');
});

test('a message keeps its lines', () => {
  expect(render('invitation', 'One\nTwo').text).toContain('One\nTwo');
});
