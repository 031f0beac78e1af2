/** The engines elsewhere that this window knows: where they are in the profile’s choices, their tokens in the vault. */
import { version } from '../../package.json';
import { trustingFetch } from '../api/network-fetch.ts';
import { GutsError } from '../shared/errors.ts';
import { EngineId, type EngineFacts, type EnginesView, type EngineWish, type KeptEngine } from '../shared/engines.ts';
import type { Trust } from '../shared/trust.ts';
import { randomLetters } from '../store/connections.ts';
import type { Vault } from '../vault/vault.ts';
import type { ChoicesFile } from './choices.ts';
import { lookAtEngine } from './engine-look.ts';

export interface EngineBookParts {
  readonly choices: ChoicesFile;
  /** Of this computer’s Guts, once it is open. */
  readonly vault: () => Promise<Vault>;
  readonly onChange: (view: EnginesView) => void;
}

export interface Changed {
  readonly engine: KeptEngine;
  readonly facts: EngineFacts;
}

export class UnknownEngineError extends GutsError {
  readonly code = 'engine.unknown';
  readonly remedy = 'Choose one of those that the settings list, or add it.';
}

class EngineNameTakenError extends GutsError {
  readonly code = 'engine.name-taken';
  readonly remedy = 'Give it another name.';
}

class NoEngineTokenError extends GutsError {
  readonly code = 'engine.no-token';
  readonly remedy = 'Give a token of it again: its administrator makes one there (“guts token create”).';

  constructor(name: string) {
    super(`The token for “${name}” is not known here any more.`);
  }
}

export class EngineBook {
  readonly #parts: EngineBookParts;

  constructor(parts: EngineBookParts) {
    this.#parts = parts;
  }

  get view(): EnginesView {
    const { engines, shown } = this.#parts.choices.choices;
    return { engines, shown: engines.some(({ id }) => id === shown) ? shown : null, version };
  }

  /** The one that the window shows; null where that is its own. */
  get shown(): KeptEngine | null {
    const { engines, shown } = this.view;
    return engines.find(({ id }) => id === shown) ?? null;
  }

  /** @throws UnknownEngineError */
  find(id: EngineId): KeptEngine {
    const found = this.view.engines.find((one) => one.id === id);
    if (found === undefined) throw new UnknownEngineError('There is no such engine.');
    return found;
  }

  /** Tries it, and keeps nothing. @throws as `lookAtEngine` */
  async test({ name, url, trust, token }: EngineWish): Promise<EngineFacts> {
    (await this.#parts.vault()).notice(token);
    return await lookAtEngine(trustingFetch(trust), { name, url, token }, new AbortController().signal);
  }

  /** Keeps it once it has been tried. @throws EngineNameTakenError, as `test`, and why it could not be kept */
  async add(wish: EngineWish): Promise<KeptEngine> {
    const { name, url, trust, token } = wish;
    this.#demandFree(name);
    await this.test(wish);
    const id = EngineId.parse(`eng_${randomLetters()}`);
    const engine = { id, name, url, trust };
    await (await this.#parts.vault()).set(id, token);
    this.#demandFree(name); // somebody else may have been quicker
    await this.#change({ engines: [...this.view.engines, engine] });
    return engine;
  }

  /** Another token, or another certificate; tried before it is kept. @throws as `add` */
  async change(id: EngineId, change: { readonly token?: string; readonly trust?: Trust }): Promise<Changed> {
    const before = this.find(id);
    const engine = { ...before, trust: change.trust ?? before.trust };
    const token = change.token ?? (await this.token(id));
    const { name, url, trust } = engine;
    const facts = await this.test({ name, url, trust, token });
    await (await this.#parts.vault()).set(id, token);
    await this.#change({ engines: this.view.engines.map((one) => (one.id === id ? engine : one)) });
    return { engine, facts };
  }

  /** Forgets it and its token. @throws UnknownEngineError */
  async remove(id: EngineId): Promise<void> {
    const { engines, shown } = this.view;
    this.find(id);
    await (await this.#parts.vault()).delete(id);
    await this.#change({ engines: engines.filter((one) => one.id !== id), shown: shown === id ? null : shown });
  }

  /** Which one the window shows, also after its next start; null is its own. @throws UnknownEngineError */
  async show(id: EngineId | null): Promise<void> {
    if (id !== null) this.find(id);
    await this.#change({ shown: id });
  }

  /** @throws NoEngineTokenError, and why the vault cannot be read */
  async token(id: EngineId): Promise<string> {
    const token = await (await this.#parts.vault()).get(id);
    if (token === null) throw new NoEngineTokenError(this.find(id).name);
    return token;
  }

  async #change(change: { readonly engines?: KeptEngine[]; readonly shown?: EngineId | null }): Promise<void> {
    await this.#parts.choices.change(change);
    this.#parts.onChange(this.view);
  }

  #demandFree(name: string): void {
    if (this.view.engines.some((one) => one.name === name))
      throw new EngineNameTakenError(`There is an engine “${name}” already.`);
  }
}
