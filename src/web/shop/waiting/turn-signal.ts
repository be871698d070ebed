let audio: AudioContext | null = null;

/** Prepares the sound. Browsers allow it only after a click. */
export function prepareSound(): void {
  audio ??= new AudioContext(); // guard: turn-sounds
  void audio.resume();
}

const NOTES_HZ = [660, 880];
const NOTE_SECONDS = 0.25;

/** Plays two notes, if the browser allows it. */
export function playTurnSound(): void {
  if (audio === null) return;
  NOTES_HZ.forEach((frequency, position) => {
    if (audio === null) return;
    const note = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.2;
    note.frequency.value = frequency;
    note.connect(volume).connect(audio.destination);
    note.start(audio.currentTime + position * NOTE_SECONDS);
    note.stop(audio.currentTime + (position + 1) * NOTE_SECONDS);
  });
}
