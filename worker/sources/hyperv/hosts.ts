/** The hosts behind one address: one that stands alone, or the nodes of a cluster, between which machines move at any time. */
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import type { SourceAbout } from '../../../main/shared/connections.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { mayAlways, type MayChange } from '../../drivers.ts';
import type { z } from 'zod';
import { AboutAnswer, InventoryAnswer, PowerAnswer, type MachineAnswer } from './answers.ts';
import { MachineMissingError, troubleError } from './errors.ts';
import type { ScriptName } from './scripts.ts';
import { HypervSession } from './session.ts';

/** A machine as it is now, and the host that runs it. */
export interface FoundMachine {
  readonly session: HypervSession;
  readonly answer: InventoryAnswer;
  readonly machine: MachineAnswer;
}

export class HypervHosts implements AsyncDisposable {
  readonly about: SourceAbout;
  readonly aboutHost: AboutAnswer;
  readonly #signIn: HypervSignIn;
  readonly #mayChange: MayChange;
  readonly #first: HypervSession;
  /** By the node's name in lower case; the first one is among them. */
  readonly #sessions = new Map<string, Promise<HypervSession>>();
  /** Where a machine was seen last. */
  readonly #lastSeen = new Map<string, string>();

  private constructor(signIn: HypervSignIn, first: HypervSession, about: AboutAnswer, mayChange: MayChange) {
    this.#signIn = signIn;
    this.#mayChange = mayChange;
    this.#first = first;
    this.aboutHost = about;
    this.#sessions.set(about.name.toLowerCase(), Promise.resolve(first));
    this.about = {
      product: 'Microsoft Hyper-V',
      version: about.version,
      build: about.system,
      kind: 'hyperv',
      instanceId: about.cluster?.name ?? (about.fqdn || about.name),
    };
  }

  /** Signs in. @throws GutsError */
  static async open(signIn: HypervSignIn, signal: AbortSignal, mayChange: MayChange = mayAlways): Promise<HypervHosts> {
    const first = await HypervSession.open(signIn, signal, { mayChange });
    try {
      return new HypervHosts(signIn, first, await first.ask('about', {}, AboutAnswer, signal), mayChange);
    } catch (error) {
      await first[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Every host with its machines; of a node that does not answer, why. */
  async *inventories(
    signal: AbortSignal,
  ): AsyncIterable<InventoryAnswer | { readonly node: string; readonly says: string }> {
    for (const node of this.#nodes()) {
      try {
        const session = await this.#at(node, signal);
        const answer = await session.ask('inventory', { machines: null }, InventoryAnswer, signal);
        for (const { id } of answer.machines) this.#lastSeen.set(id, node);
        yield answer;
      } catch (error) {
        if (signal.aborted || node === this.#home || !(error instanceof GutsError)) throw error;
        yield { node, says: error.message };
      }
    }
  }

  /** @throws MachineMissingError where no host has it */
  async find(ref: string, signal: AbortSignal): Promise<FoundMachine> {
    return await this.#atOwner(ref, signal, async (session) => {
      const answer = await session.ask('inventory', { machines: [ref] }, InventoryAnswer, signal);
      const machine = answer.machines.find(({ id }) => id.toLowerCase() === ref.toLowerCase());
      if (machine === undefined) {
        const [trouble] = answer.troubles; // that the host could not look is not that it has none
        throw trouble === undefined ? new MachineMissingError(session.name) : troubleError(session.name, trouble);
      }
      return { session, answer, machine };
    });
  }

  /** Runs a script about one machine on the host that has it now. @throws MachineMissingError, GutsError */
  async ask<T>(
    name: ScriptName,
    args: Readonly<Record<string, unknown>> & { readonly machine: string },
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return await this.#atOwner(args.machine, signal, async (session) => await session.ask(name, args, schema, signal));
  }

  /** On every host that answers. */
  async askAll<T>(
    name: ScriptName,
    args: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T[]> {
    const told: T[] = [];
    for (const node of this.#nodes()) {
      try {
        told.push(await (await this.#at(node, signal)).ask(name, args, schema, signal));
      } catch (error) {
        if (signal.aborted || node === this.#home || !(error instanceof GutsError)) throw error;
      }
    }
    return told;
  }

  get #home(): string {
    return this.aboutHost.name.toLowerCase();
  }

  /** The one that was named first. */
  #nodes(): string[] {
    const others = (this.aboutHost.cluster?.nodes ?? []).map(({ name }) => name.toLowerCase());
    return [this.#home, ...others.filter((name) => name !== this.#home)];
  }

  /**
   * Where it was last, then elsewhere: in a cluster it may have moved since.
   * @throws MachineMissingError only where every node says so
   */
  async #atOwner<T>(ref: string, signal: AbortSignal, act: (session: HypervSession) => Promise<T>): Promise<T> {
    const last = this.#lastSeen.get(ref) ?? this.#home;
    let missing: unknown;
    let unasked: unknown;
    for (const node of [last, ...this.#nodes().filter((one) => one !== last)]) {
      try {
        const result = await act(await this.#at(node, signal));
        this.#lastSeen.set(ref, node);
        return result;
      } catch (error) {
        const isElsewhere = error instanceof MachineMissingError;
        const isDown = node !== this.#home && error instanceof GutsError && error.code === 'net.unreachable';
        if (!isElsewhere && !isDown) throw error;
        if (isElsewhere) missing ??= error;
        else unasked ??= error;
      }
    }
    // Whoever takes a machine for deleted gives up what is still on it: the node that cannot be asked may be the one that has it.
    throw unasked ?? missing;
  }

  async #at(node: string, signal: AbortSignal): Promise<HypervSession> {
    const known = this.#sessions.get(node);
    if (known !== undefined) return await known;
    const { connection, secret } = this.#signIn;
    const url = new URL(connection.url);
    url.hostname = nodeAddress(this.#first.host, node);
    const signIn = { connection: { ...connection, url: url.origin }, secret };
    const opening = HypervSession.open(signIn, signal, { mayChange: this.#mayChange });
    this.#sessions.set(node, opening);
    opening.catch(() => this.#sessions.delete(node)); // it may be up again later
    return await opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    await Promise.all(
      sessions.map(async (one) => (one.status === 'fulfilled' ? await one.value[Symbol.asyncDispose]() : undefined)),
    );
  }
}

/** A cluster names its nodes without their domain; the first host's is theirs, too. */
export function nodeAddress(first: string, node: string): string {
  const domain = /^[^.:]+\.(.*[A-Za-z].*)$/.exec(first)?.[1];
  return node.includes('.') || domain === undefined ? node : `${node}.${domain}`;
}

/** What a machine's state is right now. */
export async function stateOf(
  hosts: HypervHosts,
  ref: string,
  signal: AbortSignal,
): Promise<z.infer<typeof PowerAnswer>> {
  return await hosts.ask('power', { machine: ref, to: 'look' }, PowerAnswer, signal);
}
