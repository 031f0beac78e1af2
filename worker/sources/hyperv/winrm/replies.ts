/** What the WinRM shell answers: ids, output, and faults with the code that says which. */
import { parseXml, type XmlElement } from '../../../containers/xml.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';

export interface Output {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Null as long as the command runs; as Windows counts, from 0 to 2^32 - 1. */
  readonly exitCode: number | null;
}

export interface WsmanFault {
  /** Of wsmerror.h or of Windows; null where the answer has none. */
  readonly code: number | null;
  readonly says: string;
}

/** @throws StrangeAnswerError where it is no envelope */
export function bodyOf(xml: string, server: string): XmlElement {
  const body = childOf(rootOf(xml, server), 'Body');
  if (body === null) throw new StrangeAnswerError(`${server} sends an envelope with nothing in it.`);
  return body;
}

/** The message that it answers; null where it does not say. */
export const relatesTo = (xml: string, server: string): string | null =>
  childOf(childOf(rootOf(xml, server), 'Header'), 'RelatesTo')?.text ?? null;

/** Null where it is none. */
export function faultOf(body: XmlElement): WsmanFault | null {
  const fault = childOf(body, 'Fault');
  if (fault === null) return null;
  const detail = descendant(fault, 'WSManFault');
  const code = Number(detail?.attribute('Code') ?? Number.NaN);
  const message = detail === null ? null : descendant(detail, 'Message');
  const says = message === null ? (descendant(fault, 'Text')?.text ?? '') : textOf(message);
  return { code: Number.isInteger(code) ? code : null, says: says.replaceAll(/\s+/g, ' ').trim() };
}

/** @throws StrangeAnswerError where it is not there */
export function idOf(body: XmlElement, name: 'ShellId' | 'CommandId', server: string): string {
  const id = descendant(body, name)?.text;
  if (id === undefined || !/^[0-9A-Fa-f-]{1,64}$/.test(id))
    throw new StrangeAnswerError(`${server} does not give a ${name}.`);
  return id;
}

/** What a Receive brought. */
export function outputOf(body: XmlElement, commandId: string, server: string): Output {
  const response = childOf(body, 'ReceiveResponse');
  if (response === null) throw new StrangeAnswerError(`${server} does not say what a command has written.`);
  const ofCommand = response.children.filter((one) => {
    const id = one.attribute('CommandId');
    return id === undefined || id.toUpperCase() === commandId.toUpperCase();
  });
  const stream = (name: string): Buffer =>
    Buffer.concat(
      ofCommand
        .filter((one) => one.name === 'Stream' && one.attribute('Name') === name)
        .map(({ text }) => decoded(text, server)), // each for itself: a piece may end within a letter
    );
  const state = ofCommand.find(({ name }) => name === 'CommandState');
  const isDone = state?.attribute('State')?.endsWith('/Done') === true;
  const code = state === undefined ? null : childOf(state, 'ExitCode');
  return {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    exitCode: isDone ? (code === null ? 0 : exitCodeOf(code.text, server)) : null,
  };
}

function exitCodeOf(text: string, server: string): number {
  const code = Number(text);
  if (!/^-?\d{1,10}$/.test(text)) throw new StrangeAnswerError(`${server} says no exit code.`);
  return code >>> 0;
}

function decoded(text: string, server: string): Buffer {
  const letters = text.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(letters) || letters.length % 4 !== 0)
    throw new StrangeAnswerError(`${server} sends output that is not base64.`);
  return Buffer.from(letters, 'base64');
}

function rootOf(xml: string, server: string): XmlElement {
  let root: XmlElement;
  try {
    root = parseXml(Buffer.from(xml), 'answer');
  } catch (cause) {
    throw new StrangeAnswerError(`${server} sends no XML that can be read.`, { cause });
  }
  if (root.name !== 'Envelope') throw new StrangeAnswerError(`${server} sends no envelope but “${root.name}”.`);
  return root;
}

const childOf = (element: XmlElement | null, name: string): XmlElement | null =>
  element?.children.find((one) => one.name === name) ?? null;

function descendant(element: XmlElement, name: string): XmlElement | null {
  for (const child of element.children) {
    const found = child.name === name ? child : descendant(child, name);
    if (found !== null) return found;
  }
  return null;
}

const textOf = (element: XmlElement): string => [element.text, ...element.children.map(textOf)].join(' ');
