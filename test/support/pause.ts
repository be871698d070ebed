/**
 * Paces a driver, such as a client that thinks or a fault that lasts. Never use it to wait for something: `eventually`
 * names what it waits for.
 */
export { pause } from '../../src/platform/pause.ts';
