/* A virtual ALSA microphone, in user space: it hears a raw file, looped, in real
 * time. Its samples are S16_LE, or whatever format is named.
 *
 *   pcm_type.virtualmic { lib "/abs/libasound_module_pcm_virtualmic.so" }
 *   pcm.NAME { type virtualmic file "/abs/in.raw" rate 48000 channels 1 ctl "/abs/ctl"
 *                   format S24_3LE ppm -200 }
 *
 * The file plays all the time, whether somebody listens or not: frame n is heard n
 * frames after the system's start, by a clock that is fast by ppm millionths. So what
 * is heard tells when it was, and how much was not heard before it.
 *
 * The ctl file, if there is one, says what is wrong with the microphone:
 *   unplug     it cannot be opened; a running stream ends with ENODEV
 *   stall      its clock stands still: no sound, and no error
 *   io         reading fails with EIO
 *   zeros      all that it gives is zero
 *   rate 8000  it gives that many frames a second, whatever it says
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>

enum fault { NONE, UNPLUG, STALL, IO, ZEROS, RATE };

typedef struct {
  uint64_t first;  /* frame of the stream */
  int64_t ahead;   /* by how much the frame of the sound is further on */
  int zeros;
} stretch_t;

typedef struct {
  snd_pcm_ioplug_t io;
  uint8_t *sound;
  size_t sound_bytes, sound_frames;
  unsigned rate, channels, sample_bytes;
  snd_pcm_format_t format;
  char ctl[512];
  double true_rate;              /* the sample clock drifts */
  double since_s, since, pace;   /* the stream's clock: frames at a time, and a second */
  stretch_t before, now;
  uint64_t step;                 /* the position moves in steps, as with USB */
  int running, timer;
} mic_t;

static double monotonic_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static enum fault fault_of(const char *ctl, double *rate) {
  char word[32] = {0};
  int file = *ctl ? open(ctl, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return NONE;
  ssize_t got = read(file, word, sizeof word - 1);
  close(file);
  if (got <= 0) return NONE;
  if (!strncmp(word, "unplug", 6)) return UNPLUG;
  if (!strncmp(word, "stall", 5)) return STALL;
  if (!strncmp(word, "io", 2)) return IO;
  if (!strncmp(word, "zeros", 5)) return ZEROS;
  if (strncmp(word, "rate ", 5)) return NONE;
  if (rate) *rate = atof(word + 5);
  return RATE;
}

/* Ring when the position next moves, and at each of its steps from then on. */
static void set_timer(mic_t *mic, double heard) {
  struct itimerspec timer = {{0, 0}, {0, 0}};
  if (mic->running && mic->pace > 0) {
    double left = mic->step - (heard - (uint64_t)heard / mic->step * mic->step);
    long first = 5000 + (long)(1e9 * left / mic->pace);
    long each = 1 + (long)(1e9 * mic->step / mic->pace);
    timer.it_value = (struct timespec){first / 1000000000, first % 1000000000};
    timer.it_interval = (struct timespec){each / 1000000000, each % 1000000000};
  } else if (mic->running) {
    timer.it_value.tv_nsec = timer.it_interval.tv_nsec = 10000000; /* to look at ctl */
  }
  timerfd_settime(mic->timer, 0, &timer, NULL);
}

/* Follow what ctl says; what a slow clock or one that stood still did not hear is gone. */
static double heard_by(mic_t *mic, double at_s, int anew) {
  double pace = mic->true_rate, heard = mic->since + (at_s - mic->since_s) * mic->pace;
  enum fault fault = fault_of(mic->ctl, &pace);
  if (fault == STALL) pace = 0;
  int zeros = fault == ZEROS;
  if (!anew && pace == mic->pace && zeros == mic->now.zeros) return heard;
  int64_t ahead = (int64_t)(at_s * mic->true_rate - heard + 0.5);
  if (!anew) mic->before = mic->now;
  mic->now = (stretch_t){(uint64_t)heard, ahead, zeros};
  if (anew) mic->before = mic->now;
  mic->since = heard;
  mic->since_s = at_s;
  mic->pace = pace;
  set_timer(mic, heard);
  return heard;
}

static uint64_t heard_frames(mic_t *mic) {
  if (!mic->running) return 0;
  uint64_t heard = (uint64_t)heard_by(mic, monotonic_s(), 0);
  return heard - heard % mic->step;
}

static int mic_start(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  if (fault_of(mic->ctl, NULL) == UNPLUG) return -ENODEV;
  mic->step = io->period_size / 4 ? io->period_size / 4 : 1;
  mic->running = 1;
  mic->since = io->appl_ptr;
  mic->since_s = monotonic_s();
  heard_by(mic, mic->since_s, 1);
  return 0;
}

static int mic_stop(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  mic->running = 0;
  set_timer(mic, 0);
  return 0;
}

static snd_pcm_sframes_t mic_pointer(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  enum fault fault = fault_of(mic->ctl, NULL);
  if (fault == UNPLUG) return -ENODEV;
  if (fault == IO) return -EIO;
  uint64_t heard = heard_frames(mic);
  if (heard > io->appl_ptr + io->buffer_size) return -EPIPE; /* the reader was too slow */
  return heard % io->buffer_size;
}

/* Give frames of one stretch, and return how many. */
static uint64_t give(mic_t *mic, uint8_t *to, uint64_t at, uint64_t frames) {
  const stretch_t *of = at < mic->now.first ? &mic->before : &mic->now;
  size_t frame_bytes = mic->sample_bytes * mic->channels;
  if (of == &mic->before && frames > mic->now.first - at) frames = mic->now.first - at;
  size_t place = (uint64_t)(at + of->ahead) % mic->sound_frames;
  if (frames > mic->sound_frames - place) frames = mic->sound_frames - place;
  if (of->zeros) memset(to, 0, frames * frame_bytes);
  else memcpy(to, mic->sound + place * frame_bytes, frames * frame_bytes);
  return frames;
}

static snd_pcm_sframes_t mic_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *area,
                                      snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
  mic_t *mic = io->private_data;
  size_t frame_bytes = mic->sample_bytes * mic->channels;
  uint8_t *to = (uint8_t *)area->addr + (area->first + area->step * offset) / 8;
  uint64_t at = io->appl_ptr;
  if (io->access == SND_PCM_ACCESS_MMAP_INTERLEAVED)
    at += (offset + io->buffer_size - io->appl_ptr % io->buffer_size) % io->buffer_size;
  for (snd_pcm_uframes_t done = 0; done < frames;)
    done += give(mic, to + done * frame_bytes, at + done, frames - done);
  return frames;
}

static int mic_revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned n, unsigned short *out) {
  mic_t *mic = io->private_data;
  uint64_t ticks;
  (void)n;
  if (fds[0].revents & POLLIN && read(mic->timer, &ticks, sizeof ticks) < 0) ticks = 0;
  enum fault fault = fault_of(mic->ctl, NULL);
  if (fault == UNPLUG) snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
  if (fault == UNPLUG || fault == IO) {
    *out = fault == IO ? POLLERR : POLLERR | POLLHUP;
    return 0;
  }
  /* As the kernel does, wake who lacks a part of what he reads as soon as there is more. */
  *out = heard_frames(mic) > io->appl_ptr ? POLLIN : 0;
  return 0;
}

static int mic_prepare(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  if (fault_of(mic->ctl, NULL) == UNPLUG) return -ENODEV;
  mic->running = 0;
  return 0;
}

static int mic_close(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  close(mic->timer);
  munmap(mic->sound, mic->sound_bytes);
  free(mic);
  return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = mic_start,           .stop = mic_stop,           .pointer = mic_pointer,
    .transfer = mic_transfer,     .close = mic_close,         .prepare = mic_prepare,
    .poll_revents = mic_revents,
};

/* Only its own rate and format: whatever else is asked for has to be converted by others. */
static void set_limits(mic_t *mic) {
  static const unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED,
                                    SND_PCM_ACCESS_MMAP_INTERLEAVED};
  unsigned format[] = {mic->format};
  unsigned frame = mic->sample_bytes * mic->channels, second = frame * mic->rate;
  snd_pcm_ioplug_t *io = &mic->io;
  snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
  snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
  snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, mic->channels, mic->channels);
  snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, mic->rate, mic->rate);
  snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, frame * 256, second * 4);
  snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, frame * 64, second);
  snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 1024);
}

static int map_sound(mic_t *mic, const char *path) {
  struct stat info;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -ENOENT;
  long frame = mic->sample_bytes * mic->channels;
  int usable = !fstat(file, &info) && info.st_size >= frame;
  if (usable) {
    mic->sound_bytes = info.st_size;
    mic->sound_frames = info.st_size / frame;
    mic->sound = mmap(NULL, mic->sound_bytes, PROT_READ, MAP_PRIVATE, file, 0);
  }
  close(file);
  return usable && mic->sound != MAP_FAILED ? 0 : -ENOENT;
}

SND_PCM_PLUGIN_DEFINE_FUNC(virtualmic) {
  snd_config_iterator_t i, next;
  const char *path = "", *ctl = "", *format = "S16_LE";
  long rate = 48000, channels = 1, ppm = 0;
  (void)root;
  snd_config_for_each(i, next, conf) {
    snd_config_t *entry = snd_config_iterator_entry(i);
    const char *id;
    if (snd_config_get_id(entry, &id) < 0) continue;
    if (!strcmp(id, "file")) snd_config_get_string(entry, &path);
    if (!strcmp(id, "ctl")) snd_config_get_string(entry, &ctl);
    if (!strcmp(id, "format")) snd_config_get_string(entry, &format);
    if (!strcmp(id, "rate")) snd_config_get_integer(entry, &rate);
    if (!strcmp(id, "channels")) snd_config_get_integer(entry, &channels);
    if (!strcmp(id, "ppm")) snd_config_get_integer(entry, &ppm);
  }
  if (stream != SND_PCM_STREAM_CAPTURE) return -EINVAL;
  if (fault_of(ctl, NULL) == UNPLUG) return -ENOENT;
  mic_t *mic = calloc(1, sizeof *mic);
  mic->rate = rate;
  mic->true_rate = rate * (1 + ppm * 1e-6);
  mic->channels = channels;
  mic->format = snd_pcm_format_value(format);
  mic->sample_bytes = snd_pcm_format_physical_width(mic->format) / 8;
  snprintf(mic->ctl, sizeof mic->ctl, "%s", ctl);
  int error = map_sound(mic, path);
  if (error) {
    free(mic);
    return error;
  }
  mic->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  mic->io.version = SND_PCM_IOPLUG_VERSION;
  mic->io.name = "Virtual microphone";
  mic->io.callback = &callbacks;
  mic->io.private_data = mic;
  mic->io.poll_fd = mic->timer;
  mic->io.poll_events = POLLIN;
  mic->io.mmap_rw = 0;
  error = snd_pcm_ioplug_create(&mic->io, name, stream, mode);
  if (error < 0) {
    close(mic->timer);
    munmap(mic->sound, mic->sound_bytes);
    free(mic);
    return error;
  }
  set_limits(mic);
  *pcmp = mic->io.pcm;
  return 0;
}
SND_PCM_PLUGIN_SYMBOL(virtualmic);
