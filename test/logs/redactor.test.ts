/** Secrets are taken out of what is written down, however they are spelled there, and nothing else is. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Redactor } from '../../main/logs/redactor.ts';

const SECRET = 'Pa55 "wörd" & <b>/+=?\\';

function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.know(secret);
  return redactor;
}

describe('a secret', () => {
  const basic = (user: string): string => Buffer.from(`${user}:${SECRET}@host`).toString('base64');
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ password: SECRET })],
    ['in JSON within JSON', JSON.stringify({ body: JSON.stringify({ password: SECRET }) })],
    ['in JSON of those who keep to ASCII', JSON.stringify(SECRET).replace('ö', '\\u00f6')],
    ['in a URL', `https://u:${encodeURIComponent(SECRET)}@host/`],
    ['in a URL in small letters', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ password: SECRET }).toString()],
    [
      'in XML',
      `<password>${SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</password>`,
    ],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in a basic authorization', basic('u')],
    ['in another one', basic('me')],
    ['and in a third', basic('you')],
    ['in base64 for URLs', Buffer.from(`ab${SECRET}`).toString('base64url')],
    ['in hexadecimal digits', Buffer.from(SECRET).toString('hex')],
  ])('is taken out %s', (_, text) => {
    const redacted = redactorOf(SECRET).redact(`before ${text} after`);

    expect(redacted).toContain('[secret]');
    expect(redacted).not.toContain('wör');
    expect(redacted).not.toContain('Pa55');
    expect(redacted).not.toContain(Buffer.from('Pa55 "w').toString('base64').slice(0, 8));
    expect(redacted).toMatch(/^before .* after$/);
  });

  test('of any letters is gone, also where a longer one begins with it', () => {
    const secrets = fc
      .string({ unit: 'binary', minLength: 6, maxLength: 40 })
      .filter((text) => text.trim().length >= 6);
    const proved = fc.property(secrets, (secret) => {
      const text = [secret, `${secret}longer`, JSON.stringify({ secret }), Buffer.from(secret).toString('base64')].join(
        ' ',
      );
      const redacted = redactorOf(`${secret}longer`, secret).redact(text);
      expect(redacted).not.toContain(secret);
      expect(redacted).not.toContain('longer');
      expect(redacted.match(/\[secret\]/g)).toHaveLength(4);
    });

    expect(() => fc.assert(proved)).not.toThrow();
  });

  test('that is short is taken out where it stands alone', () => {
    expect(redactorOf('abc').redact('{"p":"abc","x":"abcd"} abc')).toBe('{"p":"[secret]","x":"abcd"} [secret]');
  });

  test('that has the looks of one need not be told', () => {
    const own = `guts_${'aB3-_'.repeat(9).slice(0, 43)}`;
    const keystone = `gAAAAA${'Bq_9-'.repeat(30)}==`;
    expect(new Redactor().redact(`Bearer ${own}, X-Auth-Token: ${keystone}.`)).toBe(
      'Bearer [secret], X-Auth-Token: [secret].',
    );
  });

  test('that is nothing takes nothing out', () => {
    expect(redactorOf('', '  ').redact('a  b')).toBe('a  b');
  });
});

describe('an answer', () => {
  const Answer = z.object({
    verdict: z.enum(['good', 'bad']),
    file: z.string().regex(/^[a-z-]+\.txt$/),
    says: z.string(),
    told: z.record(z.string(), z.unknown()),
  });
  const answer = (secret: string) => ({
    verdict: 'good',
    file: 'good-role.txt',
    says: `They said ${secret} to it.`,
    told: { deep: [{ in: secret }], count: 3, none: null },
  });

  test.each([SECRET, '"', ':', '\\', 'says', 'good', 'role', '"says"'])(
    'keeps its shape, and has no %j where anything may stand',
    (secret) => {
      const clean = redactorOf(secret).redactIn(Answer, answer(secret));

      expect(clean).toEqual({ ...answer('[secret]'), verdict: 'good', file: 'good-role.txt' });
    },
  );

  test('that does not fit without a secret either is refused', () => {
    expect(() => redactorOf('good').redactIn(Answer, { ...answer('good'), verdict: 'neither' })).toThrow(z.ZodError);
  });
});
