import { bpfObject } from './bpf-object.ts';

/**
 * The program that the kernel runs for every packet of an instance with a network: whatever address and port a connection is begun to, it
 * arrives at the one socket that listens on `steeredPort`, and that socket's own end then bears the address and port that were meant.
 * What the function says to itself over loopback is left alone. Written by hand as eBPF (RFC 9669), so that no compiler is needed.
 *
 * A TCP packet that only begins a connection (SYN without ACK) and goes elsewhere than to 127.0.0.0/8 or ::1 is given to the listener
 * (bpf_sk_assign, Linux 5.7); the kernel finds the later ones by their four numbers itself. Whatever is not understood, such as a packet
 * with IP options, is not steered, finds nobody and is refused.
 */

export const steeredPort = 1;
export const steeringSection = 'classifier';

const helper = { skbLoadBytes: 26, skLookupTcp: 84, skRelease: 86, skAssign: 124 };
/** Of the packet's description (struct __sk_buff): the protocol, as it is on the wire. */
const protocolAt = 16;
const [ipv4, ipv6] = [0x0008, 0xdd86];
const ethernetBytes = 14;
const tcp = 6;
/** SYN and ACK among TCP's flags. */
const [synOrAck, syn] = [0x12, 0x02];
/** The first frame slots: the headers are read to here, the tuple to look up is written over them. */
const buffer = -64;

type Instruction = [code: number, to: number, from: number, offset: number, value: number];

/** Collects instructions; jumps name their target. */
class Program {
  readonly #code: Instruction[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: [at: number, label: string][] = [];

  op(code: number, to = 0, from = 0, offset = 0, value = 0): this {
    this.#code.push([code, to, from, offset, value]);
    return this;
  }
  set = (to: number, value: number): this => this.op(0xb7, to, 0, 0, value);
  copy = (to: number, from: number): this => this.op(0xbf, to, from);
  add = (to: number, value: number): this => this.op(0x07, to, 0, 0, value);
  and = (to: number, value: number): this => this.op(0x57, to, 0, 0, value);
  call = (number: number): this => this.op(0x85, 0, 0, 0, number);
  /** A byte of the headers that were read. */
  byte = (to: number, at: number): this => this.op(0x71, to, 10, buffer + at);
  /** Four bytes of them. */
  word = (to: number, at: number): this => this.op(0x61, to, 10, buffer + at);
  store = (at: number, value: number): this => this.op(0x62, 10, 0, buffer + at, value);
  label(name: string): this {
    this.#labels.set(name, this.#code.length);
    return this;
  }
  jump = (label: string): this => this.#to(label, 0x05, 0, 0);
  ifEqual = (register: number, value: number, label: string): this => this.#to(label, 0x15, register, value);
  unlessEqual = (register: number, value: number, label: string): this =>
    this.#to(label, 0x55, register, value);

  #to(label: string, code: number, register: number, value: number): this {
    this.#jumps.push([this.#code.length, label]);
    return this.op(code, register, 0, 0, value);
  }

  assembled(): Buffer {
    for (const [at, label] of this.#jumps) {
      const jump = this.#code[at] as Instruction;
      jump[3] = (this.#labels.get(label) as number) - at - 1;
    }
    const bytes = Buffer.alloc(this.#code.length * 8);
    this.#code.forEach(([code, to, from, offset, value], i) => {
      bytes[i * 8] = code;
      bytes[i * 8 + 1] = to | (from << 4);
      bytes.writeInt16LE(offset, i * 8 + 2);
      bytes.writeInt32LE(value | 0, i * 8 + 4);
    });
    return bytes;
  }
}

/** The object file for `tc filter add … bpf direct-action`. */
export function steeringObject(): Buffer {
  const program = new Program();
  const headers = (bytes: number): Program =>
    program
      .copy(1, 6)
      .set(2, ethernetBytes)
      .copy(3, 10)
      .add(3, buffer)
      .set(4, bytes)
      .call(helper.skbLoadBytes)
      .unlessEqual(0, 0, 'pass');
  const begins = (flagsAt: number): Program =>
    program.byte(2, flagsAt).and(2, synOrAck).unlessEqual(2, syn, 'pass');

  program.copy(6, 1).op(0x61, 2, 6, protocolAt);
  program.ifEqual(2, ipv4, 'ipv4').ifEqual(2, ipv6, 'ipv6').jump('pass');

  program.label('ipv4');
  headers(34).byte(2, 0).unlessEqual(2, 0x45, 'pass').byte(2, 9).unlessEqual(2, tcp, 'pass');
  begins(33).byte(2, 16).ifEqual(2, 127, 'pass').jump('steer');

  program.label('ipv6');
  headers(54).byte(2, 6).unlessEqual(2, tcp, 'pass');
  begins(53).word(2, 24).unlessEqual(2, 0, 'steer').word(2, 28).unlessEqual(2, 0, 'steer');
  program.word(2, 32).unlessEqual(2, 0, 'steer').word(2, 36).ifEqual(2, 0x01000000, 'pass');

  // struct bpf_sock_tuple of IPv4: from anywhere to 127.0.0.1 and the port, all as on the wire. The listener takes both families.
  program
    .label('steer')
    .store(0, 0)
    .store(4, 0x0100007f)
    .store(8, steeredPort << 24);
  program.copy(1, 6).copy(2, 10).add(2, buffer).set(3, 12).set(4, -1).set(5, 0).call(helper.skLookupTcp);
  program.ifEqual(0, 0, 'pass').copy(7, 0);
  program.copy(1, 6).copy(2, 7).set(3, 0).call(helper.skAssign);
  program.copy(1, 7).call(helper.skRelease);

  program.label('pass').set(0, 0).op(0x95);
  return bpfObject(steeringSection, program.assembled());
}
