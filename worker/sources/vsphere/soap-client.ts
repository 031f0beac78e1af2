/** Speaks vim25: small calls by the soap library and our own WSDL, large answers as the bytes that come. No second try. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type Client, type IHttpClient, createClientAsync } from 'soap';
import { type VimMethod, vim25Wsdl, vimParameters } from '../../../assets/wsdl/vim25.ts';
import { StrangeAnswerError } from '../../net/errors.ts';
import { faultIn } from './faults.ts';
import type { Sending, Transport } from './transport.ts';
import { type ManagedRef, fromSoap, refXml, toSoap } from './values.ts';

/** How much of a stream is looked at before it is given away: enough to tell an envelope from a web page. */
const HEAD_BYTES = 256;
const ENVELOPE = /<([\w.-]+:)?Envelope[\s>]/;

/** How a call is sent. */
export interface SoapSending extends Sending {
  /** Of the API, such as `8.0.3.0`. */
  readonly version: string;
}

/** One exchange of the library: how to send it, and what its answer brought beside the body. */
interface Exchange {
  readonly method: VimMethod;
  readonly sending: SoapSending;
  cookie: string | null;
  /** Why there is no answer to give to the library. */
  failure?: { readonly reason: unknown };
}
type Call = (body: object, exchange: Exchange) => Promise<readonly unknown[]>;

export class SoapClient {
  readonly #transport: Transport;
  readonly #soap: Client;

  private constructor(transport: Transport, soap: Client) {
    this.#transport = transport;
    this.#soap = soap;
  }

  static async create(transport: Transport): Promise<SoapClient> {
    const httpClient = new Carrier(transport) as unknown as IHttpClient; // its types want an answer of axios
    return new SoapClient(transport, await createClientAsync(vim25Wsdl, { httpClient, preserveWhitespace: true }));
  }

  /**
   * @returns the answer's `returnval` in plain words (see `fromSoap`), null where it has none; and the session's cookie
   *   where the answer sets one
   * @throws SoapFault, UnavailableError, StrangeAnswerError, and what sending throws
   */
  async call(
    method: VimMethod,
    self: ManagedRef,
    args: Readonly<Record<string, unknown>>,
    sending: SoapSending,
  ): Promise<{ readonly value: unknown; readonly cookie: string | null }> {
    const exchange: Exchange = { method, sending, cookie: null };
    const call: Call = this.#soap[`${method}Async`]; // made from our WSDL
    const body = inOrder(method, self, args);
    try {
      const [result] = await call(body, exchange);
      const { returnval = null } = (result ?? {}) as { returnval?: unknown };
      return { value: fromSoap(returnval), cookie: exchange.cookie };
    } catch (error) {
      throw exchange.failure === undefined ? this.#meaning(error) : exchange.failure.reason;
    }
  }

  /**
   * The answer's body as it comes; whoever asked reads it to its end or breaks off.
   * @throws what `call` throws, before the first byte is given; a lost connection also behind it
   */
  async stream(
    method: VimMethod,
    self: ManagedRef,
    innerXml: string,
    sending: SoapSending,
  ): Promise<AsyncIterable<Uint8Array>> {
    const xml = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body><${method} xmlns="urn:vim25">${refXml('_this', self)}${innerXml}</${method}></soapenv:Body></soapenv:Envelope>`;
    const response = await this.#transport.send('/sdk', xml, sending, {
      ...headersOf(sending),
      'Accept-Encoding': 'gzip',
    });
    if (response.statusCode !== 200) {
      const text = await envelopeOf(this.#transport, response, sending.signal);
      try {
        this.#soap.wsdl.xmlToObject(text);
      } catch (error) {
        throw this.#meaning(error);
      }
      throw this.#transport.refusal(response);
    }
    const chunks = this.#transport.chunks(response, sending.signal);
    const head: Uint8Array[] = [];
    for (let length = 0; length < HEAD_BYTES;) {
      const next = await chunks.next();
      if (next.done === true) break;
      head.push(next.value);
      length += next.value.byteLength;
    }
    if (ENVELOPE.test(Buffer.concat(head).toString('latin1'))) return joined(head, chunks);
    await chunks.return();
    throw this.#transport.refusal(response);
  }

  /** Why the library could not make a result of an answer: because it is a fault, or because it is nothing. */
  #meaning(error: unknown): Error {
    const { root } = (error ?? {}) as { root?: { Envelope?: { Body?: { Fault?: unknown } } } };
    const fault = root?.Envelope?.Body?.Fault;
    if (fault !== undefined) return faultIn(fault);
    const message = `${this.#transport.name} answers with XML that is not vSphere’s.`;
    // Not the library's error itself: the whole answer hangs on it, and that may hold the session's key.
    return new StrangeAnswerError(message, { cause: error instanceof Error ? new Error(error.message) : undefined });
  }
}

/** The library's way to the server. */
class Carrier {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async request(
    _url: string,
    xml: string,
    answer: (error: unknown, response?: object, body?: string) => void,
    _headers: unknown,
    exchange: Exchange,
  ): Promise<void> {
    let response: IncomingMessage;
    let body: string;
    try {
      response = await this.#transport.send('/sdk', xml, exchange.sending, headersOf(exchange.sending));
      body = await envelopeOf(this.#transport, response, exchange.sending.signal);
      if (response.statusCode === 200 && !body.includes(`${exchange.method}Response`))
        throw this.#transport.refusal(response);
    } catch (reason) {
      exchange.failure = { reason };
      answer(new Error('there is no answer'));
      return;
    }
    const cookie = response.headers['set-cookie']?.find((line) => line.startsWith('vmware_soap_session='));
    exchange.cookie = cookie?.split(';')[0]?.trim() ?? null; // verbatim, quotes included
    answer(null, { status: response.statusCode }, body);
  }
}

const headersOf = ({ version }: SoapSending): OutgoingHttpHeaders => ({
  'Content-Type': 'text/xml; charset=utf-8',
  SOAPAction: `"urn:vim25/${version}"`,
});

/** The body of an answer that is SOAP, whether it brings a result or a fault. @throws StrangeAnswerError, UnavailableError */
async function envelopeOf(transport: Transport, response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const text = await transport.text(response, signal);
  if ((response.statusCode !== 200 && response.statusCode !== 500) || !ENVELOPE.test(text.slice(0, 4096)))
    throw transport.refusal(response);
  return text;
}

async function* joined(
  head: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  yield* head;
  yield* rest;
}

/** vCenter insists on the order of its own description; the caller's order does not matter. */
function inOrder(method: VimMethod, self: ManagedRef, args: Readonly<Record<string, unknown>>): object {
  const order: readonly string[] = vimParameters[method];
  const stranger = Object.keys(args).find((name) => !order.includes(name));
  if (stranger !== undefined) throw new Error(`${method} has no parameter “${stranger}”`);
  const given = order.filter((name) => args[name] !== undefined).map((name) => [name, toSoap(args[name])]);
  return { _this: toSoap(self), ...Object.fromEntries(given) };
}
