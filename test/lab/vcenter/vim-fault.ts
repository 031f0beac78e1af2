/** A fault of vSphere, as its SOAP answers and its tasks carry it. */
import type { XmlElement } from '../../../worker/containers/xml.ts';
import { data, type Data, element, escape, type Ref, subtype } from './values.ts';

export class VimFault extends Error {
  readonly type: string;
  readonly fields: Data['fields'];

  constructor(type: string, message: string, fields: Data['fields'] = {}) {
    super(message);
    this.type = type;
    this.fields = fields;
  }

  /** What stands in the SOAP body. */
  get xml(): string {
    const fields = Object.entries(this.fields)
      .map(([name, value]) => element(name, value))
      .join('');
    const detail = `<${this.type}Fault xmlns="urn:vim25" xsi:type="${this.type}">${fields}</${this.type}Fault>`;
    return `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${escape(this.message)}</faultstring><detail>${detail}</detail></soapenv:Fault>`;
  }

  /** What stands in `info.error` of a task and `error` of a lease. */
  get localized(): Data {
    return data('LocalizedMethodFault', { fault: subtype(this.type, this.fields), localizedMessage: this.message });
  }
}

export const notAuthenticated = (object: Ref): VimFault =>
  new VimFault('NotAuthenticated', 'The session is not authenticated.', { object, privilegeId: 'System.View' });

export const noPermission = (object: Ref, privilegeId: string): VimFault =>
  new VimFault('NoPermission', 'Permission to perform this operation was denied.', { object, privilegeId });

export const notFound = (obj: Ref): VimFault =>
  new VimFault(
    'ManagedObjectNotFound',
    `The object '${obj.type}:${obj.id}' has already been deleted or has not been completely created`,
    { obj },
  );

export const invalidArgument = (invalidProperty: string): VimFault =>
  new VimFault('InvalidArgument', `A specified parameter was not correct: ${invalidProperty}`, { invalidProperty });

/** A request that is no request of this API. */
export const invalidRequest = (why: string): VimFault => new VimFault('InvalidRequest', why);

/** Arguments of a request: elements found by name, texts as what they should be. */
export class Arguments {
  readonly element: XmlElement;

  constructor(element: XmlElement) {
    this.element = element;
  }

  find(name: string): Arguments | undefined {
    const found = this.element.children.find((child) => child.name === name);
    return found === undefined ? undefined : new Arguments(found);
  }

  all(name: string): Arguments[] {
    return this.element.children.filter((child) => child.name === name).map((child) => new Arguments(child));
  }

  text(name: string): string | undefined {
    return this.find(name)?.element.text;
  }

  /** @throws VimFault InvalidArgument */
  need(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw invalidArgument(name);
    return text;
  }

  /** @throws VimFault InvalidArgument where it is there and no whole number */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^-?\d{1,16}$/.test(text)) throw invalidArgument(name);
    return Number(text);
  }

  flag(name: string): boolean {
    const text = this.text(name);
    return text === 'true' || text === '1';
  }

  /** @throws VimFault InvalidArgument where the element is no reference */
  ref(name: string): Ref | undefined {
    return this.find(name)?.itself;
  }

  get itself(): Ref {
    const type = this.element.attribute('type');
    if (type === undefined) throw invalidArgument(this.element.name);
    return { type, id: this.element.text };
  }
}
