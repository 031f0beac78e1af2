/** The tokens by which a host and we agree to sign in by NTLM. */
import { describe, expect, test } from 'vitest';
import { NtlmSignIn } from '../../worker/sources/hyperv/spnego/ntlm-sign-in.ts';
import { der, elements, only, tag } from '../../worker/sources/hyperv/spnego/der.ts';
import { micOf } from '../../worker/sources/hyperv/spnego/mic.ts';
import {
  initToken,
  mechanismList,
  offersNtlm,
  parsedResponse,
  responseToken,
} from '../../worker/sources/hyperv/spnego/tokens.ts';
import { answerToken, challenge, mechanisms, offerToken } from '../support/smb-messages.ts';

const account = { user: 'Administrator', domain: '', password: 'of this test' };
const refused = { code: 'spnego.bad-token' };

test('our first token is that of everybody: NTLM alone, and its first message', () => {
  expect(initToken(Buffer.from('NTLMSSP\0', 'latin1')).toString('hex')).toBe(
    '602806062b0601050502a01e301ca00e300c060a2b06010401823702020aa20a04084e544c4d53535000',
  );
});

test('our next token says what the mechanism says, and signs the list', () => {
  expect(responseToken(Buffer.from([1, 2]), Buffer.from([3])).toString('hex')).toBe('a10d300ba20404020102a303040103');
});

test.each([
  ['Windows, which likes Kerberos more', offerToken(), true],
  ['NTLM alone', offerToken(mechanisms.ntlm), true],
  ['Kerberos alone', offerToken(mechanisms.kerberos), false],
])('what a host offers is understood: %s', (_name, token, isOffered) => expect(offersNtlm(token)).toBe(isOffered));

test.each([[3], [127], [128], [255], [256], [65_535], [65_536]])(
  'a length of %i bytes is read as it is written',
  (length) => {
    expect(only(der(tag.octets, Buffer.alloc(length, 7)), tag.octets)).toEqual(Buffer.alloc(length, 7));
  },
);

describe('what is no DER is refused:', () => {
  test.each([
    ['nothing', ''],
    ['a tag alone', '04'],
    ['less than it says', '040201'],
    ['a length without end', '048001'],
    ['a length that could be shorter', '04810101'],
    ['a length with a zero before it', '0482008001'],
    ['a length of five bytes', '04850000000001aa'],
    ['a tag of several bytes', '1f8101'],
  ])('%s', (_name, bytes) =>
    expect(() => only(Buffer.from(bytes, 'hex'), tag.octets)).toThrow(expect.objectContaining(refused)),
  );

  test('something behind its end', () =>
    expect(() => only(Buffer.from('040101ff', 'hex'), tag.octets)).toThrow(expect.objectContaining(refused)));
  test('a part that is cut short behind one that is whole', () =>
    expect(() => elements(Buffer.from('04010104', 'hex'))).toThrow(expect.objectContaining(refused)));
});

describe('an answer of a host is refused', () => {
  test.each([
    ['that chooses what was not offered', answerToken({ state: 1, mechanism: mechanisms.kerberos })],
    ['with a state that there is not', answerToken({ state: 9 })],
    [
      'whose parts are out of order',
      der(
        tag.context(1),
        der(
          tag.sequence,
          der(tag.context(2), der(tag.octets)),
          der(tag.context(0), der(tag.enumerated, Buffer.from([0]))),
        ),
      ),
    ],
    [
      'that says one thing twice',
      der(
        tag.context(1),
        der(tag.sequence, der(tag.context(2), der(tag.octets)), der(tag.context(2), der(tag.octets))),
      ),
    ],
    ['that is larger than any', answerToken({ token: Buffer.alloc(70_000) })],
  ])('%s', (_name, token) => expect(() => parsedResponse(token)).toThrow(expect.objectContaining(refused)));
});

describe('a sign-in', () => {
  const begun = (): NtlmSignIn => {
    const ntlm = new NtlmSignIn(account, 'cifs/hv01');
    ntlm.first();
    ntlm.answer(answerToken({ state: 1, mechanism: mechanisms.ntlm, token: challenge(Buffer.alloc(8, 1)) }));
    return ntlm;
  };
  const mic = (ntlm: NtlmSignIn): Buffer => micOf(ntlm.sessionKey, 'server-to-client', mechanismList);

  test('ends with the host’s signature', () => {
    const ntlm = begun();

    expect(() => ntlm.finish(answerToken({ state: 0, mic: mic(ntlm) }))).not.toThrow();
  });

  test('ends without it, as SMB signs the end itself', () =>
    expect(() => begun().finish(answerToken({ state: 0 }))).not.toThrow());

  test('does not end with a wrong signature, nor with one of ours sent back', () => {
    const ntlm = begun();
    const wrong = mic(ntlm);
    wrong[5] = (wrong[5] ?? 0) ^ 1;
    const ours = micOf(ntlm.sessionKey, 'client-to-server', mechanismList);

    for (const bad of [wrong, ours, mic(ntlm).subarray(0, 15), Buffer.alloc(0)])
      expect(() => ntlm.finish(answerToken({ state: 0, mic: bad }))).toThrow(
        expect.objectContaining({ code: 'spnego.bad-mic' }),
      );
  });

  test('does not end halfway', () =>
    expect(() => begun().finish(answerToken({ state: 1 }))).toThrow(expect.objectContaining(refused)));

  test('does not begin with its end', () =>
    expect(() => new NtlmSignIn(account, 'cifs/hv01').answer(answerToken({ state: 0 }))).toThrow(
      expect.objectContaining(refused),
    ));
});
