// The wire between the browsers of a journey and the studio: counts bytes, can be slow, can be cut.
// Browsers reach it by the studio's own address (`resolves`), so that nothing else changes.
import net from 'node:net';
import { url } from './journey.mjs';

export class Wire {
  static async lay() {
    const wire = new Wire();
    await new Promise((done) => wire.server.listen(0, '127.0.0.1', done));
    return wire;
  }

  constructor() {
    this.sockets = new Set();
    /** Bytes that browsers have sent. */
    this.sent_bytes = 0;
    this.bytes_s = Infinity;
    this.cut_at_bytes = Infinity;
    this.server = net.createServer((browser) => this.#connect(browser));
  }

  /** For Chromium: the studio's address leads here. */
  get resolves() {
    const { host } = new URL(url);
    return `--host-resolver-rules=MAP ${host} 127.0.0.1:${this.server.address().port}`;
  }

  /** From now on so many bytes a second go through. */
  slow(bytes_s) {
    this.bytes_s = bytes_s;
  }

  /** After so many further bytes of the browsers nothing goes through any more. */
  cutAfter(bytes) {
    this.cut_at_bytes = this.sent_bytes + Math.floor(bytes);
  }

  get isCut() {
    return this.sent_bytes >= this.cut_at_bytes;
  }

  mend() {
    this.cut_at_bytes = Infinity;
    this.bytes_s = Infinity;
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  #connect(browser) {
    if (this.isCut) return browser.destroy();
    const studio = net.connect(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [browser, studio]) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        browser.destroy();
        studio.destroy();
      });
    }
    studio.pipe(browser);
    browser.on('data', (bytes) => this.#pass(browser, studio, bytes));
  }

  #pass(browser, studio, bytes) {
    if (this.isCut) return;
    const left = this.cut_at_bytes - this.sent_bytes;
    const passes = bytes.subarray(0, Math.min(bytes.length, left));
    this.sent_bytes += passes.length;
    studio.write(passes);
    if (this.isCut) {
      // What was let through arrives; everything after it does not.
      setTimeout(() => this.#sever(), 300);
      return;
    }
    if (this.bytes_s === Infinity) return;
    browser.pause();
    setTimeout(() => browser.resume(), (bytes.length / this.bytes_s) * 1_000);
  }

  #sever() {
    for (const socket of this.sockets) socket.destroy();
  }
}
