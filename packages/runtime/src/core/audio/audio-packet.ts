/** One packet of a codec, as a container of packets has it. */
export interface AudioPacket {
  bytes: Uint8Array;
  /** Number of the page or block that it ends in. */
  page: number;
  /** Samples from the stream's start to the end of this packet's page; only on the page's last packet. */
  granule?: number | undefined;
  /** Seconds at its end that do not count. */
  discardSec?: number | undefined;
}
