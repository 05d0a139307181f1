const barWidth = 24;

/** Says how far a long run is: a bar on a terminal, else a line for each step. */
export class Progress {
  #done = 0;
  #sinceMs = Date.now();

  constructor(
    private readonly total: number,
    private readonly output: NodeJS.WriteStream,
    private readonly beganMs = Date.now(),
  ) {}

  /** What is at work now. */
  begin(what: string): void {
    if (this.output.isTTY) this.#draw(what);
  }

  /** One step is done. */
  end(what: string): void {
    this.#done += 1;
    if (this.output.isTTY) this.#draw(what);
    else this.output.write(`${this.#count} ${what} (${this.#stepSeconds} s)\n`);
    this.#sinceMs = Date.now();
  }

  /** Leaves the bar's line. */
  close(): void {
    if (this.output.isTTY) this.output.write('\n');
  }

  get #count(): string {
    return `${this.#done}/${this.total}`;
  }

  #draw(what: string): void {
    const filled = Math.round((barWidth * this.#done) / Math.max(1, this.total));
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const text = `${bar} ${this.#count} ${this.#elapsed} ${what}`;
    this.output.write(`\r${text.slice(0, this.output.columns - 1)}\u001b[K`);
  }

  get #stepSeconds(): number {
    return Math.round((Date.now() - this.#sinceMs) / 1_000);
  }

  get #elapsed(): string {
    const seconds = Math.round((Date.now() - this.beganMs) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
