/** Runs in the page's sandbox before the page: gives it the contract's two functions and nothing else. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { channel } from '../shared/channel.ts';
import type { Bridge, Reply } from '../shared/contract.ts';

const bridge: Bridge = {
  ask: async (name, input) => (await ipcRenderer.invoke(channel(name), input)) as Reply, // serve() sends nothing else
  listen: (name, hear) => {
    const pass = (_event: IpcRendererEvent, value: unknown): void => hear(value);
    ipcRenderer.on(channel(name), pass);
    return () => void ipcRenderer.off(channel(name), pass);
  },
};
contextBridge.exposeInMainWorld('guts', bridge);
