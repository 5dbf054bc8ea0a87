/* A virtual ALSA microphone, in user space: it hears a raw file, looped, in real
 * time. Its samples are S16_LE, or whatever format is named.
 *
 *   pcm_type.virtualmic { lib "/abs/libasound_module_pcm_virtualmic.so" }
 *   pcm.NAME { type virtualmic file "/abs/in.raw" rate 48000 channels 1 ctl "/abs/ctl"
 *                   format S24_3LE }
 *
 * The ctl file, if there is one, says what is wrong with it:
 *   unplug   it cannot be opened; a running stream ends with ENODEV
 *   stall    its clock stands still: no sound, and no error
 *   io       reading fails with EIO
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>

enum fault { NONE, UNPLUG, STALL, IO };

typedef struct {
  snd_pcm_ioplug_t io;
  uint8_t *sound;
  size_t sound_bytes, sound_frames;
  unsigned rate, channels, sample_bytes;
  snd_pcm_format_t format;
  char ctl[512];
  double opened_s;      /* when the device's clock began */
  uint64_t base;        /* frame of the device at which the stream starts */
  uint64_t stalled_at;  /* frames heard when the clock stopped */
  uint64_t step;        /* the position moves in steps, as with USB */
  int running, timer;
  snd_pcm_uframes_t avail_min;
} mic_t;

static double monotonic_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static enum fault fault_of(const char *ctl) {
  char word[16] = {0};
  int file = *ctl ? open(ctl, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return NONE;
  ssize_t got = read(file, word, sizeof word - 1);
  close(file);
  if (got <= 0) return NONE;
  if (!strncmp(word, "unplug", 6)) return UNPLUG;
  if (!strncmp(word, "stall", 5)) return STALL;
  if (!strncmp(word, "io", 2)) return IO;
  return NONE;
}

static uint64_t clock_frames(mic_t *mic) {
  return (uint64_t)((monotonic_s() - mic->opened_s) * mic->rate);
}

static uint64_t heard_frames(mic_t *mic) {
  if (!mic->running) return 0;
  uint64_t heard = clock_frames(mic) - mic->base;
  if (fault_of(mic->ctl) == STALL) {
    if (!mic->stalled_at) mic->stalled_at = heard;
    return mic->stalled_at;
  }
  mic->stalled_at = 0;
  return heard - heard % mic->step;
}

static void set_timer(mic_t *mic, long ns) {
  struct timespec each = {ns / 1000000000, ns % 1000000000};
  struct itimerspec timer = {each, each};
  timerfd_settime(mic->timer, 0, &timer, NULL);
}

static int mic_start(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  if (fault_of(mic->ctl) == UNPLUG) return -ENODEV;
  mic->base = clock_frames(mic) - io->appl_ptr;
  mic->stalled_at = 0;
  mic->step = io->period_size / 4 ? io->period_size / 4 : 1;
  mic->running = 1;
  long ns = (long)(1e9 * io->period_size / mic->rate / 4);
  set_timer(mic, ns < 1000000 ? 1000000 : ns);
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
  enum fault fault = fault_of(mic->ctl);
  if (fault == UNPLUG) return -ENODEV;
  if (fault == IO) return -EIO;
  uint64_t heard = heard_frames(mic);
  if (heard > io->appl_ptr + io->buffer_size) return -EPIPE; /* the reader was too slow */
  return heard % io->buffer_size;
}

static snd_pcm_sframes_t mic_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *area,
                                      snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
  mic_t *mic = io->private_data;
  size_t frame_bytes = mic->sample_bytes * mic->channels;
  uint8_t *to = (uint8_t *)area->addr + (area->first + area->step * offset) / 8;
  uint64_t from = mic->base + io->appl_ptr;
  if (io->access == SND_PCM_ACCESS_MMAP_INTERLEAVED)
    from += (offset + io->buffer_size - io->appl_ptr % io->buffer_size) % io->buffer_size;
  for (snd_pcm_uframes_t done = 0; done < frames;) {
    size_t place = (from + done) % mic->sound_frames, count = mic->sound_frames - place;
    if (count > frames - done) count = frames - done;
    memcpy(to + done * frame_bytes, mic->sound + place * frame_bytes, count * frame_bytes);
    done += count;
  }
  return frames;
}

static int mic_revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned n, unsigned short *out) {
  mic_t *mic = io->private_data;
  uint64_t ticks;
  (void)n;
  if (fds[0].revents & POLLIN && read(mic->timer, &ticks, sizeof ticks) < 0) ticks = 0;
  enum fault fault = fault_of(mic->ctl);
  if (fault == UNPLUG) snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
  if (fault == UNPLUG || fault == IO) {
    *out = fault == IO ? POLLERR : POLLERR | POLLHUP;
    return 0;
  }
  uint64_t heard = heard_frames(mic), ready = heard > io->appl_ptr ? heard - io->appl_ptr : 0;
  if (ready > io->buffer_size) ready = io->buffer_size; /* mic_pointer() will say EPIPE */
  *out = ready >= mic->avail_min ? POLLIN : 0;
  return 0;
}

static int mic_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params) {
  mic_t *mic = io->private_data;
  snd_pcm_sw_params_get_avail_min(params, &mic->avail_min);
  return 0;
}

static int mic_prepare(snd_pcm_ioplug_t *io) {
  mic_t *mic = io->private_data;
  if (fault_of(mic->ctl) == UNPLUG) return -ENODEV;
  mic->running = 0;
  if (!mic->avail_min) mic->avail_min = io->period_size;
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
    .poll_revents = mic_revents,  .sw_params = mic_sw_params,
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
  long rate = 48000, channels = 1;
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
  }
  if (stream != SND_PCM_STREAM_CAPTURE) return -EINVAL;
  if (fault_of(ctl) == UNPLUG) return -ENOENT;
  mic_t *mic = calloc(1, sizeof *mic);
  mic->rate = rate;
  mic->channels = channels;
  mic->format = snd_pcm_format_value(format);
  mic->sample_bytes = snd_pcm_format_physical_width(mic->format) / 8;
  snprintf(mic->ctl, sizeof mic->ctl, "%s", ctl);
  int error = map_sound(mic, path);
  if (error) {
    free(mic);
    return error;
  }
  mic->opened_s = monotonic_s();
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
