/** The envelopes of WS-Management, as a WinRM service reads and writes them ([MS-WSMV], DSP0226). */
import { randomUUID } from 'node:crypto';
import { all, escapeXml, first, parseXml, textOf, type XmlElement } from '../../../worker/containers/xml.ts';

const SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell';
const TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer';
export const shellNames = { shell: SHELL, resource: `${SHELL}/cmd` } as const;

const actionNames: Readonly<Record<string, WsmanAsked['action']>> = {
  [`${TRANSFER}/Create`]: 'Create',
  [`${TRANSFER}/Delete`]: 'Delete',
  [`${SHELL}/Command`]: 'Command',
  [`${SHELL}/Send`]: 'Send',
  [`${SHELL}/Receive`]: 'Receive',
  [`${SHELL}/Signal`]: 'Signal',
};

export interface WsmanAsked {
  readonly action: 'Create' | 'Delete' | 'Command' | 'Send' | 'Receive' | 'Signal';
  readonly uri: string;
  readonly messageId: string;
  readonly shellId: string;
  readonly timeoutMs: number;
  readonly body: XmlElement | undefined;
}

/** Numbers of wsmerror.h. */
export const faultCodes = {
  badMessage: 2_150_858_817,
  noAction: 2_150_858_771,
  noResource: 2_150_858_770,
  timedOut: 2_150_858_793,
  noShell: 2_150_858_843,
  tooManyShells: 2_150_858_815,
  tooLong: 2_147_942_606,
} as const;

export class WsmanFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws WsmanFault where it breaks a rule */
export function readEnvelope(bytes: Buffer): WsmanAsked {
  let envelope: XmlElement;
  try {
    envelope = parseXml(bytes, 'request');
  } catch {
    throw new WsmanFault(faultCodes.badMessage, 'The request contained invalid XML.');
  }
  const header = first(envelope, 'Header');
  const need = (name: string): string => {
    const text = textOf(header, name);
    if (text === undefined) throw new WsmanFault(faultCodes.badMessage, `The ${name} header is missing.`);
    return text;
  };
  if (envelope.name !== 'Envelope' || header === undefined)
    throw new WsmanFault(faultCodes.badMessage, 'The document is no envelope.');
  const messageId = need('MessageID');
  if (!/^uuid:[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i.test(messageId))
    throw new WsmanFault(faultCodes.badMessage, `The MessageID “${messageId}” is no uuid.`);
  const uri = need('Action');
  const action = actionNames[uri];
  need('To');
  if (textOf(header, 'ReplyTo', 'Address')?.endsWith('/role/anonymous') !== true)
    throw new WsmanFault(faultCodes.badMessage, 'ReplyTo must be the anonymous address.');
  if (need('ResourceURI') !== shellNames.resource)
    throw new WsmanFault(faultCodes.noResource, 'The resource URI is not available; there is the cmd shell alone.');
  if (action === undefined) throw new WsmanFault(faultCodes.noAction, `The action “${uri}” is not supported.`);
  const seconds = /^PT(\d+(?:\.\d+)?)S$/.exec(textOf(header, 'OperationTimeout') ?? '')?.[1];
  const selectors = all(first(header, 'SelectorSet'), 'Selector');
  const shellId = selectors.find((one) => one.attribute('Name') === 'ShellId')?.text ?? '';
  const body = first(envelope, 'Body');
  return { action, uri, messageId, shellId, timeoutMs: Number(seconds ?? 60) * 1000, body };
}

const head = (action: string, relatesTo: string | null): string =>
  `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:x="${TRANSFER}" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="${SHELL}"><s:Header><a:Action>${action}</a:Action><a:MessageID>uuid:${randomUUID().toUpperCase()}</a:MessageID><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>${relatesTo === null ? '' : `<a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo>`}</s:Header>`;

/** @param body well-formed XML */
export const replyTo = ({ uri, messageId }: WsmanAsked, body: string): Buffer =>
  Buffer.from(`${head(`${uri}Response`, messageId)}<s:Body>${body}</s:Body></s:Envelope>`);

/** @param relatesTo null where the request could not be read */
export function faultReply({ code, message }: WsmanFault, host: string, relatesTo: string | null): Buffer {
  const text = escapeXml(message);
  return Buffer.from(
    `${head('http://schemas.dmtf.org/wbem/wsman/1/wsman/fault', relatesTo)}<s:Body><s:Fault><s:Code><s:Value>s:${code === faultCodes.timedOut ? 'Receiver' : 'Sender'}</s:Value><s:Subcode><s:Value>w:${code === faultCodes.timedOut ? 'TimedOut' : 'InternalError'}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">${text}</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="${code}" Machine="${escapeXml(host)}"><f:Message>${text}</f:Message></f:WSManFault></s:Detail></s:Fault></s:Body></s:Envelope>`,
  );
}
