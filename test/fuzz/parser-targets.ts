/** Which parsers of what servers say are fed with damaged messages, each with sound ones to begin with. */
import { authenticateMessage, negotiateMessage, parsedChallenge } from '../../worker/sources/hyperv/ntlm/messages.ts';
import { parsedHeader } from '../../worker/sources/hyperv/smb/header.ts';
import { allDialects, parsedTerms } from '../../worker/sources/hyperv/smb/negotiate.ts';
import {
  fsctl,
  parsedCreate,
  parsedIoctl,
  parsedRead,
  parsedSpans,
  parsedTree,
  spanBytes,
} from '../../worker/sources/hyperv/smb/requests.ts';
import { Sealer } from '../../worker/sources/hyperv/smb/sealing.ts';
import { parsedSetup } from '../../worker/sources/hyperv/smb/sign-in.ts';
import { offersNtlm, parsedResponse } from '../../worker/sources/hyperv/spnego/tokens.ts';
import {
  answerToken,
  challenge,
  createReply,
  errorReply,
  ioctlReply,
  mechanisms,
  negotiateReply,
  offerToken,
  readReply,
  reply,
  setupReply,
  treeReply,
} from '../support/smb-messages.ts';
import type { Target } from './target.ts';
import { winrmTargets } from './winrm-targets.ts';

const MOST_BYTES = 65_536;
const fixed = (length: number): Buffer => Buffer.alloc(length, 0x5a);
const offer = { dialects: allDialects, clientGuid: fixed(16), salt: fixed(32) };
const tokens = [
  answerToken({ state: 1, mechanism: mechanisms.ntlm, token: challenge(fixed(8)) }),
  answerToken({ state: 0, mic: fixed(16) }),
  answerToken({ state: 2 }),
];
const spans = Buffer.concat([0, 65_536, 1_048_576, 2 ** 40].map((offset) => spanBytes({ offset, length: 4096 })));

/** With its head, whose sanity comes first, as for a connection. */
const headed =
  (parse: (bytes: Buffer) => unknown) =>
  (bytes: Buffer): unknown => [parsedHeader(bytes), parse(bytes)];
const message = (command: number, body: Buffer): Buffer => reply({ command, messageId: 7, sessionId: 9n, body });

/** One frame that was sealed right; the keys of both directions are the same here. */
function sealed(cipher: 'aes-128-gcm' | 'aes-128-ccm'): Target {
  const make = (): Sealer => new Sealer({ cipher, toServer: fixed(16), fromServer: fixed(16), sessionId: 9n });
  return {
    name: `smb-sealed-${cipher}`,
    seeds: [make().seal(message(8, readReply(fixed(300))))],
    parse: (bytes) => make().open(bytes),
  };
}

export const targets: readonly Target[] = [
  {
    name: 'ntlm-challenge',
    seeds: [challenge(fixed(8))],
    parse: (bytes) =>
      authenticateMessage({
        account: { user: 'Administrator', domain: '', password: 'of the fuzz' },
        negotiate: negotiateMessage(),
        challenge: parsedChallenge(bytes),
        channelBindings: null,
        targetName: 'cifs/hv01',
        clientChallenge: fixed(8),
        sessionKey: fixed(16),
        nowMs: 0,
      }).message,
  },
  { name: 'spnego-offer', seeds: [offerToken(), offerToken(mechanisms.ntlm)], parse: offersNtlm },
  { name: 'spnego-response', seeds: tokens, parse: parsedResponse },
  {
    name: 'smb-negotiate',
    seeds: [
      message(0, negotiateReply()),
      message(0, negotiateReply({ dialect: 0x0302 })),
      message(0, negotiateReply({ dialect: 0x0210, token: Buffer.alloc(0) })),
    ],
    parse: headed((bytes) => parsedTerms(bytes, offer)),
  },
  {
    name: 'smb-session-setup',
    seeds: tokens.map((token) => message(1, setupReply(0, token))),
    parse: headed((bytes) => parsedSetup(bytes)),
  },
  { name: 'smb-tree', seeds: [message(3, treeReply()), message(3, treeReply(0x8000))], parse: headed(parsedTree) },
  { name: 'smb-create', seeds: [message(5, createReply({ sizeBytes: 2 ** 40 }))], parse: headed(parsedCreate) },
  {
    name: 'smb-read',
    seeds: [message(8, readReply(fixed(512))), message(8, readReply(fixed(1)))],
    parse: headed((bytes) => parsedRead(bytes, 512)),
  },
  {
    name: 'smb-ranges',
    seeds: [
      message(11, ioctlReply(fsctl.queryAllocatedRanges, spans)),
      message(11, ioctlReply(fsctl.queryAllocatedRanges, Buffer.alloc(0))),
    ],
    parse: headed((bytes) => parsedSpans(parsedIoctl(bytes, fsctl.queryAllocatedRanges, MOST_BYTES))),
  },
  { name: 'smb-header', seeds: [message(2, errorReply())], parse: parsedHeader },
  sealed('aes-128-gcm'),
  sealed('aes-128-ccm'),
  ...winrmTargets,
];
