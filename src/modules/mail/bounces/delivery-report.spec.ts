import { expect, test } from '@jest/globals';
import { maxReportBytes, readDeliveryReport } from './delivery-report.js';

const id = '01a21db0-0c18-7010-9be0-158f952d999d';
interface Parts {
  readonly action?: string;
  readonly status?: string;
  readonly messageId?: string;
  readonly returnedType?: string;
}

/** A report as Postfix writes it. */
const report = ({ action = 'failed', status = '5.1.1', messageId = `<${id}@tenantry>`, returnedType = 'message/rfc822' }: Parts = {}): Uint8Array =>
  Buffer.from(
    [
      'From: MAILER-DAEMON@mx.example',
      'To: no-reply@app.example',
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
      '',
      '--x',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'I could not deliver your mail. Message-ID: <00000000-0000-0000-0000-000000000000@tenantry>',
      '--x',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; grace@example.com',
      `Action: ${action}`,
      `Status: ${status}`,
      'Diagnostic-Code: smtp; 550 5.1.1 <grace@example.com>: Recipient address rejected:',
      '    User unknown',
      '--x',
      `Content-Type: ${returnedType}`,
      '',
      'From: no-reply@app.example',
      'To: grace@example.com',
      `Message-ID: ${messageId}`,
      'Subject: Hello',
      '',
      'Message-ID: <11111111-1111-1111-1111-111111111111@tenantry>',
      '--x--',
      '',
    ].join('\r\n'),
  );

test.each(['message/rfc822', 'text/rfc822-headers', 'message/global'])('a report that returns the mail as %s is read', async (returnedType) => {
  const diagnostic = '550 5.1.1 <grace@example.com>: Recipient address rejected: User unknown';
  expect(await readDeliveryReport(report({ returnedType }))).toEqual({ mailId: id, status: '5.1.1', diagnostic });
});

test.each([
  ['a delay', { action: 'delayed', status: '4.4.1' }],
  ['a delivery', { action: 'delivered', status: '2.0.0' }],
  ['a mail of somebody else', { messageId: '<x@example.com>' }],
  ['a mail whose id is in the body', { messageId: '<>' }],
  ['a failure without a status', { status: 'x' }],
] as const)('%s is no report of a failure', async (_, parts) => {
  expect(await readDeliveryReport(report(parts))).toBeUndefined();
});

test.each(['', 'Hello', 'Subject: x\r\n\r\nText', 'Content-Type: multipart/report; boundary=x\r\n\r\n--x'])('the text %j is no report', async (text) => {
  expect(await readDeliveryReport(Buffer.from(text))).toBeUndefined();
});

test('of a large report, only the beginning is read', async () => {
  const large = Buffer.concat([report(), Buffer.from('\r\n'.repeat(4_000_000))]);
  expect(await readDeliveryReport(large)).toMatchObject({ mailId: id });
  const late = Buffer.concat([Buffer.from(`X: ${'x'.repeat(maxReportBytes)}\r\n`), report()]);
  expect(await readDeliveryReport(late)).toBeUndefined();
});

test('a mail that the parser of MIME refuses is no report', async () => {
  const nested = Array.from({ length: 300 }, (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`).join('');
  expect(await readDeliveryReport(Buffer.from(nested))).toBeUndefined();
});

test('with an address of each mail, the mail is found by the header of the report alone', async () => {
  const findMail = (header: string): string | undefined => /^To: (.*)$/m.exec(header)?.[1]?.trim();
  expect(await readDeliveryReport(report({ messageId: '<x@example.com>' }), findMail)).toMatchObject({ mailId: 'no-reply@app.example' });
  expect(await readDeliveryReport(report(), () => undefined)).toBeUndefined();
});

test('a field of many spaces is read in proportion to its length', async () => {
  // A pattern that goes back over the spaces would take minutes.
  expect(await readDeliveryReport(report({ status: `${' '.repeat(500_000)}\u2028x\u2028x` }))).toBeUndefined();
});
