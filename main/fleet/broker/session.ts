/** One connection to the broker, from its handshake to whatever ends it: with the first of its channels, all of it is over. */
import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { GutsError } from '../../shared/errors.ts';
import type { Trust } from '../../shared/trust.ts';
import { placeOf, type BrokerAddress } from './address.ts';
import { tlsOptions, untrusted } from './certificate.ts';
import { BrokerClosedError, BrokerTooOldError } from './errors.ts';
import { whyEnded, whyNoConnection } from './explain.ts';

export interface SessionOptions {
  readonly address: BrokerAddress;
  readonly trust: Trust;
  /** Asked at each connection. */
  readonly password: () => Promise<string>;
  /** By which the broker's own lists show who this is. */
  readonly name: string;
}

const CONNECT_TIMEOUT_MS = 20_000;
/** The broker is taken for gone after two or three of them in which nothing came: within a lease. */
const HEARTBEAT_SECONDS = 5;
const CLOSE_TIMEOUT_MS = 5_000;
const OLDEST = [3, 10] as const;

export class Session {
  readonly place: string;
  readonly version: string;
  /** Resolves when it is over, with the reason. */
  readonly over: Promise<GutsError>;
  readonly #address: BrokerAddress;
  readonly #model: ChannelModel;
  #end: (why: GutsError) => void = () => {};
  #isOver = false;
  #isBlocked = false;

  private constructor(address: BrokerAddress, model: ChannelModel, version: string) {
    this.#address = address;
    this.#model = model;
    this.place = placeOf(address);
    this.version = version;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    let reason: unknown = null;
    model.on('error', (error) => (reason ??= error));
    model.on('blocked', () => (this.#isBlocked = true));
    model.on('unblocked', () => (this.#isBlocked = false));
    model.on('close', (error?: unknown) => this.end(whyEnded(address, reason ?? error)));
  }

  /** @throws GutsError that says what to do */
  static async open({ address, trust, password, name }: SessionOptions): Promise<Session> {
    const { host, port, user, virtualHost, isTls } = address;
    const security = await tlsOptions(address, trust);
    const place = {
      protocol: isTls ? 'amqps' : 'amqp',
      hostname: host,
      port,
      username: user,
      password: await password(),
      vhost: encodeURIComponent(virtualHost),
      heartbeat: HEARTBEAT_SECONDS,
    };
    let model: ChannelModel;
    try {
      model = await connect(place, {
        ...security,
        noDelay: true,
        timeout: CONNECT_TIMEOUT_MS,
        clientProperties: { product: 'Guts', connection_name: name },
      });
    } catch (error) {
      throw (await untrusted(address, error)) ?? whyNoConnection(address, error);
    }
    const { product, version } = model.connection.serverProperties;
    const session = new Session(address, model, version);
    if (product === 'RabbitMQ' && isNewEnough(version)) return session;
    const tooOld = new BrokerTooOldError(session.place, `${product} ${version}`);
    session.end(tooOld);
    throw tooOld;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** It takes no messages at the moment. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  onBlocked(hear: (reason: string | null) => void): void {
    this.#model.on('blocked', (reason) => hear(reason));
    this.#model.on('unblocked', () => hear(null));
  }

  /** One that takes the session with it, unless it is closed on purpose. @throws GutsError */
  async channel(): Promise<Channel> {
    return await this.#tended(async () => await this.#model.createChannel());
  }

  async confirmChannel(): Promise<ConfirmChannel> {
    return await this.#tended(async () => await this.#model.createConfirmChannel());
  }

  /** One that may be closed by the broker without an end to the session, until it is tended. */
  async looseChannel(): Promise<Channel> {
    const channel = await this.ask(async () => await this.#model.createChannel());
    channel.on('error', () => {}); // whoever has asked for something hears of it
    return channel;
  }

  /** From now on it takes the session with it, unless it is closed on purpose. */
  tend(channel: Channel): void {
    let reason: unknown = null;
    channel.on('error', (error) => (reason ??= error));
    channel.on('close', () => {
      if (reason !== null) this.end(whyEnded(this.#address, reason));
    });
  }

  /** What is asked of a channel, with an error that says what to do. @throws GutsError */
  async ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw whyEnded(this.#address, error);
    }
  }

  /** The first reason counts. The connection is closed behind it. */
  end(why: GutsError = new BrokerClosedError()): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end(why);
    void this.#close();
  }

  /** Returns when the broker knows that it is over, or does not answer. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#end(new BrokerClosedError());
    await this.#close();
  }

  async #tended<T extends Channel>(open: () => Promise<T>): Promise<T> {
    const channel = await this.ask(open);
    this.tend(channel);
    return channel;
  }

  async #close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    });
    const closed = this.#model.close().catch(() => {}); // it is closed already then
    await Promise.race([closed, late]);
    clearTimeout(timer);
    destroyStream(this.#model.connection);
  }
}

/** Returns when a channel is closed. amqplib tells nobody who waits for that when the connection ends before the broker has answered. */
export async function closed(channel: Channel): Promise<void> {
  const over = new Promise<void>((resolve) => {
    channel.once('close', resolve);
  });
  await Promise.race([channel.close(), over]);
}

/** A broker that is frozen never answers, and its socket would keep this process for ever. */
function destroyStream(connection: object): void {
  const stream: unknown = Reflect.get(connection, 'stream');
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function')
    stream.destroy(new Error('it was closed')); // without a reason amqplib does not hear of it, and keeps whoever waits waiting
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
