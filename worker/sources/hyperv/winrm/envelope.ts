/** What is asked of the WinRM shell, as SOAP ([MS-WSMV], DSP0226): a head that is always the same, and a body for each action. */
import { randomUUID } from 'node:crypto';

const SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell';
const TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer';

export const actions = {
  create: `${TRANSFER}/Create`,
  delete: `${TRANSFER}/Delete`,
  command: `${SHELL}/Command`,
  send: `${SHELL}/Send`,
  receive: `${SHELL}/Receive`,
  signal: `${SHELL}/Signal`,
} as const;

/** Bounds the answer; what hosts accept since 2012. */
const MOST_ENVELOPE_BYTES = 153_600;

export interface Asking {
  /** Where it goes, as the host is called. */
  readonly url: string;
  readonly action: string;
  /** Null before there is a shell. */
  readonly shellId: string | null;
  /** How long the host may wait before it says that there is nothing. */
  readonly timeoutSeconds: number;
  readonly options?: Readonly<Record<string, string>>;
  /** Well-formed XML. */
  readonly body: string;
}

export interface Envelope {
  /** `uuid:…`, which the answer relates to. */
  readonly id: string;
  readonly xml: string;
}

export function envelopeOf({ url, action, shellId, timeoutSeconds, options = {}, body }: Asking): Envelope {
  const id = `uuid:${randomUUID().toUpperCase()}`;
  const named = Object.entries(options).map(
    ([name, value]) => `<w:Option Name="${xmlText(name)}">${xmlText(value)}</w:Option>`,
  );
  const xml = [
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"',
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"',
    ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"',
    ' xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"',
    ` xmlns:rsp="${SHELL}"><s:Header>`,
    `<a:To>${xmlText(url)}</a:To>`,
    '<a:ReplyTo><a:Address s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>',
    `<a:Action s:mustUnderstand="true">${action}</a:Action>`,
    `<a:MessageID>${id}</a:MessageID>`,
    `<w:ResourceURI s:mustUnderstand="true">${SHELL}/cmd</w:ResourceURI>`,
    `<w:MaxEnvelopeSize s:mustUnderstand="true">${MOST_ENVELOPE_BYTES}</w:MaxEnvelopeSize>`,
    `<w:OperationTimeout>PT${timeoutSeconds}S</w:OperationTimeout>`,
    '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>',
    shellId === null
      ? ''
      : `<w:SelectorSet><w:Selector Name="ShellId">${xmlText(shellId)}</w:Selector></w:SelectorSet>`,
    named.length === 0 ? '' : `<w:OptionSet>${named.join('')}</w:OptionSet>`,
    `</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  ].join('');
  return { id, xml };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const xmlText = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => escapes[letter] ?? letter);
