/** Our own description of the vSphere calls that Guts makes: each with its parameters, in the order that vCenter insists on. */

/** By method; `_this` comes before them. */
export const vimParameters = {
  RetrieveServiceContent: [],
  Login: ['userName', 'password', 'locale'],
  Logout: [],

  CreateContainerView: ['container', 'type', 'recursive'],
  DestroyView: [],
  RetrievePropertiesEx: ['specSet', 'options'],
  ContinueRetrievePropertiesEx: ['token'],
  CancelRetrievePropertiesEx: ['token'],
  CreatePropertyCollector: [],
  DestroyPropertyCollector: [],
  CreateFilter: ['spec', 'partialUpdates'],
  DestroyPropertyFilter: [],
  WaitForUpdatesEx: ['version', 'options'],
  CancelWaitForUpdates: [],

  HasPrivilegeOnEntities: ['entity', 'sessionId', 'privId'],
  QueryPerf: ['querySpec'],

  PowerOnVM_Task: ['host'],
  PowerOffVM_Task: [],
  ShutdownGuest: [],
  ReconfigVM_Task: ['spec'],
  CreateSnapshot_Task: ['name', 'description', 'memory', 'quiesce'],
  RemoveSnapshot_Task: ['removeChildren', 'consolidate'],
  QueryChangedDiskAreas: ['snapshot', 'deviceKey', 'startOffset', 'changeId'],

  ExportVm: [],
  ExportSnapshot: [],
  HttpNfcLeaseGetManifest: [],
  HttpNfcLeaseProgress: ['percent'],
  HttpNfcLeaseComplete: [],
  HttpNfcLeaseAbort: ['fault'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A call of the vSphere API that Guts knows how to make. */
export type VimMethod = keyof typeof vimParameters;
const methods = Object.keys(vimParameters) as VimMethod[]; // Object.keys forgets which strings they are

const each = (line: (method: VimMethod) => string): string => methods.map(line).join('\n');
const request = (method: VimMethod): string =>
  ['_this', ...vimParameters[method]]
    .map((name) => `<element name="${name}" type="xsd:anyType" minOccurs="0" maxOccurs="unbounded"/>`)
    .join('');

/** WSDL 1.1, document/literal. Answers are not described: what is in them is checked where it is used. */
export const vim25Wsdl = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:vim25="urn:vim25" targetNamespace="urn:vim25">
<types><schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:vim25" elementFormDefault="qualified">
${each((method) => `<element name="${method}"><complexType><sequence>${request(method)}</sequence></complexType></element>`)}
${each((method) => `<element name="${method}Response"><complexType><sequence><any/></sequence></complexType></element>`)}
</schema></types>
${each((method) => `<message name="${method}"><part name="parameters" element="vim25:${method}"/></message>`)}
${each((method) => `<message name="${method}Response"><part name="parameters" element="vim25:${method}Response"/></message>`)}
<portType name="VimPortType">
${each((method) => `<operation name="${method}"><input message="vim25:${method}"/><output message="vim25:${method}Response"/></operation>`)}
</portType>
<binding name="VimBinding" type="vim25:VimPortType">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${each((method) => `<operation name="${method}"><soap:operation style="document"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>`)}
</binding>
<service name="Vim"><port name="VimPort" binding="vim25:VimBinding"><soap:address location="https://localhost/sdk"/></port></service>
</definitions>`;
