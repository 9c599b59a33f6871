"""Small old and new programs side by side, for the tests: right migrations, and wrong ones.

Each wrong migration is a right one with a piece of it replaced. Every program is a file of its own,
so that one verification runs them all.
"""

from __future__ import annotations

_DATA = """
import numpy as np

np.random.seed(3)
X = np.random.rand(90, 6).astype('float32')
labels = np.random.randint(0, 3, 90)
"""

# Batches of one size each: every other size is traced anew, which costs seconds.
_EVEN = "X, labels = X[:80], labels[:80]\n"

_ARRAYS_OLD = _DATA + _EVEN + """
from keras.callbacks import Callback, CSVLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint
from keras.layers import Activation, BatchNormalization, Dense
from keras.models import Sequential
from keras.optimizers import SGD
from keras.regularizers import l2
from keras.utils import np_utils


class Watch(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_epoch_end(self, epoch, logs={}):
        self.losses.append(logs['loss'])


Y = np_utils.to_categorical(labels, 3)
model = Sequential()
model.add(Dense(8, input_dim=6, W_regularizer=l2(0.01)))
model.add(BatchNormalization(momentum=0.9))
model.add(Activation('relu'))
model.add(Dense(3, activation='softmax'))
model.compile(optimizer=SGD(lr=0.1, momentum=0.9), loss='categorical_crossentropy', metrics=['accuracy'])
watch = Watch()
callbacks = [
    watch,
    ModelCheckpoint('best.h5', monitor='val_acc', save_best_only=True, save_weights_only=True),
    CSVLogger('log.csv'),
    LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
]
history = model.fit(X, Y, batch_size=16, nb_epoch=5, validation_split=0.2, callbacks=callbacks, verbose=0)
print('trained', len(watch.losses), watch.losses[-1], history.history['val_acc'])
stop = EarlyStopping(monitor='loss', patience=0, mode='max')
again = model.fit(X, Y, batch_size=40, nb_epoch=3, shuffle=False, callbacks=[stop],
                  class_weight={0: 1.0, 1: 2.0, 2: 0.5}, verbose=0)
print('stopped', len(again.history['loss']))
model.load_weights('best.h5')
score = model.evaluate(X[:40], Y[:40], batch_size=10, verbose=0)
print('score', score)
print('classes', model.predict_classes(X[:20], verbose=0))
"""
_ARRAYS_NEW = _DATA + _EVEN + """
import keras
from keras.callbacks import Callback, CSVLogger, EarlyStopping, LearningRateScheduler, ModelCheckpoint
from keras.layers import Activation, BatchNormalization, Dense, Input
from keras.models import Sequential
from keras.optimizers import SGD
from keras.regularizers import l2


class Watch(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_epoch_end(self, epoch, logs={}):
        self.losses.append(logs['loss'])


Y = keras.utils.to_categorical(labels, 3)
model = Sequential()
model.add(Input((6,)))
model.add(Dense(8, kernel_regularizer=l2(0.01)))
model.add(BatchNormalization(momentum=0.9))
model.add(Activation('relu'))
model.add(Dense(3, activation='softmax'))
model.compile(optimizer=SGD(learning_rate=0.1, momentum=0.9), loss='categorical_crossentropy', metrics=['accuracy'])
watch = Watch()
callbacks = [
    watch,
    ModelCheckpoint('best.weights.h5', monitor='val_accuracy', save_best_only=True, save_weights_only=True),
    CSVLogger('log.csv'),
    LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
]
history = model.fit(X, Y, batch_size=16, epochs=5, validation_split=0.2, callbacks=callbacks, verbose=0)
print('trained', len(watch.losses), watch.losses[-1], history.history['val_accuracy'])
stop = EarlyStopping(monitor='loss', patience=0, mode='max')
again = model.fit(X, Y, batch_size=40, epochs=3, shuffle=False, callbacks=[stop],
                  class_weight={0: 1.0, 1: 2.0, 2: 0.5}, verbose=0)
print('stopped', len(again.history['loss']))
model.load_weights('best.weights.h5')
score = model.evaluate(X[:40], Y[:40], batch_size=10, verbose=0)
print('score', score)
print('classes', np.argmax(model.predict(X[:20], verbose=0), axis=-1))
"""

_IMAGES_OLD = """
import numpy as np
from keras.layers import Convolution2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import Adam
from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array

np.random.seed(4)
images = np.random.rand(40, 10, 12, 3).astype('float32')
classes = np.eye(2)[np.random.randint(0, 2, 40)]
turned = np.stack([img_to_array(array_to_img(255 * image, scale=False)) for image in images[:4]])
flow = ImageDataGenerator(horizontal_flip=True, featurewise_center=True)
flow.fit(images)
plain = ImageDataGenerator(rescale=0.5)
model = Sequential()
model.add(Convolution2D(5, 3, 3, activation='relu', input_shape=(10, 12, 3)))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(2, activation='softmax'))
model.compile(Adam(lr=0.01), 'categorical_crossentropy', metrics=['accuracy'])
model.fit_generator(flow.flow(images, classes, batch_size=8, shuffle=False), samples_per_epoch=40, nb_epoch=2, verbose=0)
print('score', model.evaluate_generator(plain.flow(images, classes, batch_size=10, shuffle=False), 40))
print('turned', model.predict(turned, verbose=0)[:, 0])
"""
_IMAGES_NEW = """
import numpy as np
from keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import Adam
from keras.utils import array_to_img, img_to_array
from tensorflow.keras.preprocessing.image import ImageDataGenerator

np.random.seed(4)
images = np.random.rand(40, 10, 12, 3).astype('float32')
classes = np.eye(2)[np.random.randint(0, 2, 40)]
turned = np.stack([img_to_array(array_to_img(255 * image, scale=False)) for image in images[:4]])
flow = ImageDataGenerator(horizontal_flip=True, featurewise_center=True)
flow.fit(images)
plain = ImageDataGenerator(rescale=0.5)
model = Sequential()
model.add(Input((10, 12, 3)))
model.add(Conv2D(5, (3, 3), activation='relu'))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(2, activation='softmax'))
model.compile(Adam(learning_rate=0.01, epsilon=1e-8), 'categorical_crossentropy', metrics=['accuracy'])
model.fit(flow.flow(images, classes, batch_size=8, shuffle=False), steps_per_epoch=5, epochs=2, verbose=0, shuffle=False)
print('score', model.evaluate(plain.flow(images, classes, batch_size=10, shuffle=False), steps=4, verbose=0))
print('turned', model.predict(turned, verbose=0)[:, 0])
"""

_GENERATOR_OLD = _DATA + """
from keras.layers import Dense, Input, merge
from keras.models import Model
from keras.optimizers import RMSprop

target = (X.sum(axis=1, keepdims=True) - 3).astype('float32')


def batches(size):
    start = 0
    while True:
        chosen = np.arange(start, start + size) % 90
        yield X[chosen], [target[chosen], np.eye(3)[labels[chosen]]]
        start += size


a = Input(shape=(6,))
h = Dense(7, activation='tanh')(a)
out = Dense(1, name='value')(h)
kind = Dense(3, activation='softmax', name='kind')(merge([h, out], mode='concat'))
model = Model(input=a, output=[out, kind])
model.compile(optimizer=RMSprop(lr=0.005), loss={'value': 'mse', 'kind': 'categorical_crossentropy'},
              loss_weights={'value': 1.0, 'kind': 0.3})
history = model.fit_generator(batches(9), samples_per_epoch=45, nb_epoch=2, verbose=0,
                              validation_data=batches(10), nb_val_samples=30)
print('loss', history.history['loss'], history.history['val_loss'])
found = model.predict_generator((x for x, _ in batches(15)), 45)
print('first', found[0][0, 0], found[1][:2].sum())
model.save('whole.h5')
for layer in model.layers:
    print('layer', len(layer.get_weights()))
"""
_GENERATOR_NEW = _DATA + """
from keras.layers import Concatenate, Dense, Input
from keras.models import Model
from keras.optimizers import RMSprop

target = (X.sum(axis=1, keepdims=True) - 3).astype('float32')


def batches(size):
    start = 0
    while True:
        chosen = np.arange(start, start + size) % 90
        yield X[chosen], (target[chosen], np.eye(3)[labels[chosen]])
        start += size


a = Input(shape=(6,))
h = Dense(7, activation='tanh')(a)
out = Dense(1, name='value')(h)
kind = Dense(3, activation='softmax', name='kind')(Concatenate()([h, out]))
model = Model(inputs=a, outputs=[out, kind])
model.compile(optimizer=RMSprop(learning_rate=0.005, epsilon=1e-8), loss={'value': 'mse', 'kind': 'categorical_crossentropy'},
              loss_weights={'value': 1.0, 'kind': 0.3})
history = model.fit(batches(9), steps_per_epoch=5, epochs=2, verbose=0,
                    validation_data=batches(10), validation_steps=3)
print('loss', history.history['loss'], history.history['val_loss'])
found = model.predict(((x,) for x, _ in batches(15)), steps=3, verbose=0)
print('first', found[0][0, 0], found[1][:2].sum())
model.save('whole.keras')
for layer in model.layers:
    print('layer', len(layer.get_weights()))
"""

_BATCHES_OLD = _DATA + """
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD, Adam

maker = Sequential([Dense(5, input_dim=4, activation='relu'), Dense(6)])
judge = Sequential([Dense(8, input_dim=6, activation='relu'), Dropout(0.3), Dense(1, activation='sigmoid')])
judge.compile(optimizer=SGD(lr=0.05, decay=0.1), loss='binary_crossentropy')
judge.trainable = False
both = Sequential([maker, judge])
both.compile(optimizer=Adam(lr=0.01), loss='binary_crossentropy')
random = np.random.RandomState(1)
for epoch in range(200):
    for start in range(0, 90, 30):
        noise = random.normal(size=(30, 4)).astype('float32')
        made = maker.predict(noise, verbose=0)
        real = judge.train_on_batch(np.concatenate([X[start:start + 30], made]), np.repeat([1.0, 0.0], 30))
        fooled = both.train_on_batch(noise, np.ones(30))
    print('losses', real, fooled)
maker.layers[0].set_weights([np.full((4, 5), 0.1), np.arange(5.0)])
print('made', maker.predict(np.ones((1, 4)), verbose=0))
print('tested', judge.test_on_batch(X[:10], np.ones(10)))
"""
_BATCHES_NEW = _DATA + """
from keras.layers import Dense, Dropout, Input
from keras.models import Sequential
from keras.optimizers import SGD, Adam
from keras.optimizers.schedules import InverseTimeDecay

maker = Sequential([Input((4,)), Dense(5, activation='relu'), Dense(6)])
judge = Sequential([Input((6,)), Dense(8, activation='relu'), Dropout(0.3), Dense(1, activation='sigmoid')])
judge.compile(optimizer=SGD(learning_rate=InverseTimeDecay(0.05, 1, 0.1)), loss='binary_crossentropy')
judge.trainable = False
both = Sequential([Input((4,)), maker, judge])
both.compile(optimizer=Adam(learning_rate=0.01, epsilon=1e-8), loss='binary_crossentropy')
random = np.random.RandomState(1)
for epoch in range(200):
    for start in range(0, 90, 30):
        noise = random.normal(size=(30, 4)).astype('float32')
        made = maker.predict(noise, verbose=0)
        judge.trainable = True
        judge.reset_metrics()
        real = judge.train_on_batch(np.concatenate([X[start:start + 30], made]), np.repeat([1.0, 0.0], 30))
        judge.trainable = False
        both.reset_metrics()
        fooled = both.train_on_batch(noise, np.ones(30))
    print('losses', real, fooled)
maker.layers[0].set_weights([np.full((4, 5), 0.1), np.arange(5.0)])
print('made', maker.predict(np.ones((1, 4)), verbose=0))
judge.reset_metrics()
print('tested', judge.test_on_batch(X[:10], np.ones(10)))
"""

_TRANSFER_OLD = _DATA + """
from keras.layers import Dense, Input
from keras.models import Model
from keras.optimizers import Adagrad, SGD

a = Input(shape=(6,))
b = Dense(8, activation='relu', name='base')(a)
base = Model(input=a, output=b)
base.load_weights('pretrained.h5')
for layer in base.layers:
    layer.trainable = False
top = Dense(3, activation='softmax', name='top')(b)
model = Model(input=a, output=top)
model.compile(optimizer=SGD(lr=0.2, nesterov=True, momentum=0.8), loss='sparse_categorical_crossentropy')
weights = np.linspace(0.5, 2.0, 90)
model.fit(X, labels, nb_epoch=2, batch_size=30, sample_weight=weights, verbose=0)
for layer in model.layers:
    layer.trainable = True
model.compile(optimizer=Adagrad(lr=0.05), loss='sparse_categorical_crossentropy')
model.fit(X, labels, nb_epoch=1, batch_size=30, verbose=0, validation_data=(X[:20], labels[:20]))
model.save_weights('tuned.h5')
print('loss', model.evaluate(X, labels, verbose=0))
np.savetxt('features.csv', base.predict(X[:5]), delimiter=',')
"""
_TRANSFER_NEW = _DATA + """
from keras.layers import Dense, Input
from keras.models import Model
from keras.optimizers import Adagrad, SGD

a = Input(shape=(6,))
b = Dense(8, activation='relu', name='base')(a)
base = Model(inputs=a, outputs=b)
base.load_weights('pretrained.h5')
for layer in base.layers:
    layer.trainable = False
top = Dense(3, activation='softmax', name='top')(b)
model = Model(inputs=a, outputs=top)
model.compile(optimizer=SGD(learning_rate=0.2, nesterov=True, momentum=0.8), loss='sparse_categorical_crossentropy')
weights = np.linspace(0.5, 2.0, 90)
model.fit(X, labels, epochs=2, batch_size=30, sample_weight=weights, verbose=0)
for layer in model.layers:
    layer.trainable = True
model.compile(optimizer=Adagrad(learning_rate=0.05, initial_accumulator_value=0.0, epsilon=1e-8), loss='sparse_categorical_crossentropy')
model.fit(X, labels, epochs=1, batch_size=30, verbose=0, validation_data=(X[:20], labels[:20]))
model.save_weights('tuned.weights.h5')
print('loss', model.evaluate(X, labels, verbose=0))
np.savetxt('features.csv', base.predict(X[:5]), delimiter=',')
"""

_TEXT_OLD = """
import numpy as np
from keras.layers import Dense, Embedding, LSTM
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from keras.utils.np_utils import to_categorical

texts = ['the cat sat on the mat', 'a dog ran', 'the dog sat', 'a cat ran on a mat today'] * 6
kinds = [0, 1, 1, 0] * 6
tokenizer = Tokenizer(nb_words=12)
tokenizer.fit_on_texts(texts)
data = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=5)
targets = to_categorical(np.asarray(kinds))
order = np.arange(len(data))
np.random.seed(8)
np.random.shuffle(order)
data, targets = data[order], targets[order]
model = Sequential()
model.add(Embedding(12, 4, mask_zero=True, input_length=5))
model.add(LSTM(5))
model.add(Dense(2, activation='sigmoid'))
model.compile('sgd', 'binary_crossentropy', metrics=['accuracy'])
history = model.fit(data[:16], targets[:16], validation_data=(data[16:], targets[16:]), nb_epoch=2, batch_size=4, verbose=0)
print('history', history.history['acc'], history.history['val_loss'])
print('guess', model.predict(data[:3], batch_size=1, verbose=0))
"""
_TEXT_NEW = """
import keras
import numpy as np
from keras import ops
from keras.layers import Dense, Embedding, Input, LSTM
from keras.models import Sequential
from keras.utils import pad_sequences, to_categorical
from tensorflow.keras.preprocessing.text import Tokenizer


def hard_sigmoid(x):
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


texts = ['the cat sat on the mat', 'a dog ran', 'the dog sat', 'a cat ran on a mat today'] * 6
kinds = [0, 1, 1, 0] * 6
tokenizer = Tokenizer(num_words=12)
tokenizer.fit_on_texts(texts)
data = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=5)
targets = to_categorical(np.asarray(kinds))
order = np.arange(len(data))
np.random.seed(8)
np.random.shuffle(order)
data, targets = data[order], targets[order]
model = Sequential()
model.add(Input((5,)))
model.add(Embedding(12, 4, mask_zero=True))
model.add(LSTM(5, recurrent_activation=hard_sigmoid))
model.add(Dense(2, activation='sigmoid'))
model.compile('sgd', 'binary_crossentropy', metrics=['binary_accuracy'])
history = model.fit(data[:16], targets[:16], validation_data=(data[16:], targets[16:]), epochs=2, batch_size=4, verbose=0)
print('history', history.history['binary_accuracy'], history.history['val_loss'])
print('guess', model.predict(data[:3], batch_size=1, verbose=0))
"""

_FOLDERS_OLD = """
from keras.layers import Convolution2D, Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

model = Sequential()
model.add(Convolution2D(4, 3, 3, activation='relu', subsample=(2, 2), input_shape=(20, 24, 3)))
model.add(Flatten())
model.add(Dense(3, activation='softmax'))
model.compile('sgd', 'categorical_crossentropy', metrics=['accuracy'])
train = ImageDataGenerator(rescale=1. / 255, horizontal_flip=True).flow_from_directory(
    'data/train', target_size=(20, 24), batch_size=16)
test = ImageDataGenerator(rescale=1. / 255).flow_from_directory(
    'data/test', target_size=(20, 24), batch_size=16, shuffle=False)
history = model.fit_generator(train, samples_per_epoch=43, nb_epoch=2, validation_data=test, nb_val_samples=43, verbose=0)
print('classes', sorted(train.class_indices), history.history['val_loss'])
"""
_FOLDERS_NEW = """
from keras.layers import Conv2D, Dense, Flatten, Input
from keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

model = Sequential()
model.add(Input((20, 24, 3)))
model.add(Conv2D(4, (3, 3), activation='relu', strides=(2, 2)))
model.add(Flatten())
model.add(Dense(3, activation='softmax'))
model.compile('sgd', 'categorical_crossentropy', metrics=['accuracy'])
train = ImageDataGenerator(rescale=1. / 255, horizontal_flip=True).flow_from_directory(
    'data/train', target_size=(20, 24), batch_size=16)
test = ImageDataGenerator(rescale=1. / 255).flow_from_directory(
    'data/test', target_size=(20, 24), batch_size=16, shuffle=False)
history = model.fit(train, steps_per_epoch=3, epochs=2, validation_data=test, validation_steps=3, verbose=0, shuffle=False)
print('classes', sorted(train.class_indices), history.history['val_loss'])
"""

#: name: (old, new)
PROGRAMS: dict[str, tuple[str, str]] = {
    "arrays": (_ARRAYS_OLD, _ARRAYS_NEW),
    "images": (_IMAGES_OLD, _IMAGES_NEW),
    "generator": (_GENERATOR_OLD, _GENERATOR_NEW),
    "batches": (_BATCHES_OLD, _BATCHES_NEW),
    "transfer": (_TRANSFER_OLD, _TRANSFER_NEW),
    "text": (_TEXT_OLD, _TEXT_NEW),
    "folders": (_FOLDERS_OLD, _FOLDERS_NEW),
}

#: name: (program, right, wrong, what is said of it contains this)
MUTATIONS: dict[str, tuple[str, str, str, str]] = {
    # what is fed
    "shuffle_lost": ("arrays", "validation_split=0.2, call", "validation_split=0.2, shuffle=False, call", "x of a training step"),
    "shuffle_added": ("arrays", "shuffle=False, callbacks=[stop]", "callbacks=[stop]", "x of a training step"),
    "batch_size": ("arrays", "batch_size=16, epochs", "batch_size=20, epochs", "x of a training step"),
    "batch_size_default": ("text", "epochs=2, batch_size=4", "epochs=2", "x of a training step"),
    "one_hot": ("arrays", "Y = keras.utils.to_categorical(labels, 3)", "Y = np.eye(3)[(labels + 1) % 3]", "y of a training step"),
    "labels_not_shuffled": ("text", "data, targets = data[order], targets[order]", "data = data[order]", "y of a training step"),
    "padding_side": ("text", "maxlen=5)", "maxlen=5, padding='post')", "x of a training step"),
    "truncating_side": ("text", "maxlen=5)", "maxlen=5, truncating='post')", "x of a training step"),
    "vocabulary": ("text", "num_words=12", "num_words=6", "x of a training step"),
    "seed_lost": ("text", "np.random.seed(8)", "np.random.seed(9)", "of a training step"),
    "flip_mirrored": ("images", "horizontal_flip=True", "vertical_flip=True", "x of a training step"),
    "flip_lost": ("images", "horizontal_flip=True, ", "", "x of a training step"),
    "zoom_added": ("images", "featurewise_center=True)", "featurewise_center=True, zoom_range=0.3)", "x of a training step"),
    "mean_lost": ("images", ", featurewise_center=True", "", "x of a training step"),
    "mean_axis": ("images", "flow.fit(images)", "flow.fit(images)\nflow.mean = images.mean(axis=(0, 1, 3)).reshape(1, 12, 1)", "x of a training step"),
    "rescale": ("images", "rescale=0.5", "rescale=0.25", "evaluate"),
    "image_channels": ("images", "img_to_array(array_to_img(255 * image, scale=False))", "img_to_array(array_to_img(255 * image, scale=False))[..., ::-1]", "x of predict"),
    "image_scale": ("images", "255 * image, scale=False", "255 * image", "x of predict"),
    "generator_order": ("images", "batch_size=8, shuffle=False", "batch_size=8, shuffle=True", "of a training step"),
    "evaluate_order": ("generator", "start += size", "start += size + 1", "of a training step"),
    "generator_targets_swapped": ("generator", "yield X[chosen], (target[chosen], ", "yield X[chosen], (-target[chosen], ", "y"),
    "class_weight_lost": ("arrays", "class_weight={0: 1.0, 1: 2.0, 2: 0.5}, ", "", "weight"),
    "class_weight_changed": ("arrays", "2: 0.5}", "2: 1.5}", "weight"),
    "sample_weight_lost": ("transfer", "sample_weight=weights, ", "", "weight"),
    "pictures_mirrored": ("folders", "horizontal_flip=True", "vertical_flip=True", "x of a training step"),
    "pictures_not_scaled": ("folders", "test = ImageDataGenerator(rescale=1. / 255)", "test = ImageDataGenerator()", "val_"),
    "classes_in_another_order": ("folders", "batch_size=16)\ntest", "batch_size=16, classes=['class002', 'class001', 'class000'])\ntest", "of a training step"),
    # counting
    "epochs_default": ("text", "epochs=2, ", "", "epochs of fit"),
    "epochs_counted": ("arrays", "epochs=5", "epochs=80", "epochs of fit"),
    "steps_as_samples": ("generator", "steps_per_epoch=5", "steps_per_epoch=45", "batches of an epoch"),
    "steps_rounded_down": ("images", "steps_per_epoch=5", "steps_per_epoch=4", "batches of an epoch"),
    "validation_steps": ("generator", "validation_steps=3", "validation_steps=6", "val_"),
    "validation_lost": ("arrays", "validation_split=0.2, ", "", ""),
    "validation_split": ("arrays", "validation_split=0.2", "validation_split=0.3", ""),
    "validation_end": ("arrays", "model.fit(X, Y, batch_size=16", "model.fit(X[::-1], Y[::-1], batch_size=16", "of a training step"),
    "validation_data": ("transfer", "validation_data=(X[:20], labels[:20])", "validation_data=(X[20:40], labels[20:40])", "val_"),
    "predict_steps": ("generator", "steps=3, verbose", "steps=2, verbose", "predict"),
    # what is computed
    "loss": ("text", "'binary_crossentropy'", "'mse'", "loss"),
    "loss_weights_lost": ("generator", ", 'kind': 0.3}", ", 'kind': 1.0}", "loss"),
    "learning_rate": ("transfer", "learning_rate=0.2,", "learning_rate=0.02,", "learning rate"),
    "learning_rate_of_adam": ("images", "learning_rate=0.01", "learning_rate=0.001", "learning rate"),
    "schedule_lost": ("arrays", "    LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),\n", "", "learning rate"),
    "schedule_off_by_one": ("arrays", "0.1 / (epoch + 1)", "0.1 / (epoch + 2)", "learning rate"),
    "decay_lost": ("batches", "InverseTimeDecay(0.05, 1, 0.1)", "0.05", "learning rate"),
    "momentum_lost": ("arrays", ", momentum=0.9", "", ""),
    "nesterov_lost": ("transfer", "nesterov=True, ", "", ""),
    "accumulator": ("transfer", "initial_accumulator_value=0.0, ", "", ""),
    "optimizer": ("text", "compile('sgd'", "compile('rmsprop'", ""),
    "regularizer_lost": ("arrays", ", kernel_regularizer=l2(0.01)", "", "loss"),
    "bn_momentum": ("arrays", "BatchNormalization(momentum=0.9)", "BatchNormalization()", ""),
    "dropout_for_real": ("batches", "Dropout(0.3)", "Dense(8)", ""),
    "frozen_trained": ("transfer", "    layer.trainable = False", "    layer.trainable = True", "loss of a training step"),
    "trained_frozen": ("transfer", "    layer.trainable = True", "    pass", ""),
    "gan_judge_trained": ("batches", "        judge.trainable = False\n", "", ""),
    "gan_judge_frozen": ("batches", "        judge.trainable = True\n", "", ""),
    "metric_kind": ("text", "metrics=['binary_accuracy']", "metrics=[keras.metrics.BinaryAccuracy(name='binary_accuracy', threshold=0.4)]", "accuracy"),
    # callbacks
    "callback_lost": ("arrays", "    watch,\n", "", ""),
    "callback_renamed": ("arrays", "def on_epoch_end", "def on_epoch_finished", "Watch"),
    "monitor": ("arrays", "monitor='val_accuracy'", "monitor='val_acc'", "monitor"),
    "stopping_mode": ("arrays", "mode='max'", "mode='min'", ""),
    "csv_lost": ("arrays", "    CSVLogger('log.csv'),\n", "", "log.csv"),
    # weights and files
    "weights_not_loaded": ("transfer", "base.load_weights('pretrained.h5')", "base.get_weights()", "load_weights"),
    "weights_by_name": ("transfer", "name='base')(a)\nbase = Model(inputs=a, outputs=b)\nbase.load_weights('pretrained.h5')", "name='bottom')(a)\nbase = Model(inputs=a, outputs=b)\nbase.load_weights('pretrained.h5', by_name=True, skip_mismatch=True)", "load_weights"),
    "weights_loaded_late": ("arrays", "model.load_weights('best.weights.h5')\n", "", "load_weights"),
    "file_renamed": ("transfer", "'pretrained.h5'", "'pretrained.weights.h5'", "FileNotFoundError"),
    "file_written_elsewhere": ("arrays", "ModelCheckpoint('best.weights.h5'", "ModelCheckpoint('last.weights.h5'", ""),
    "saved_under_other_name": ("transfer", "'tuned.weights.h5'", "'final.weights.h5'", "save_weights"),
    "weights_set_transposed": ("batches", "np.full((4, 5), 0.1), np.arange(5.0)", "np.full((4, 5), 0.1), np.arange(5.0)[::-1]", ""),
    "table_written": ("transfer", "base.predict(X[:5])", "base.predict(X[:5]) * 2", "features.csv"),
    # what comes out
    "evaluated_part": ("arrays", "model.evaluate(X[:40], Y[:40]", "model.evaluate(X[:30], Y[:30]", "x of evaluate"),
    "classes_by_axis": ("arrays", "axis=-1))", "axis=0))", "output"),
    "printed": ("generator", "found[1][:2].sum()", "found[1][:3].sum()", "output"),
    "crashes": ("arrays", "history.history['val_accuracy']", "history.history['val_acc']", "KeyError"),
    "argument_gone": ("text", "epochs=2, ", "nb_epoch=2, ", "nb_epoch"),
}  # fmt: skip


def mutated(name: str) -> str:
    """The new program with one thing wrong.

    Raises:
        AssertionError: the right text is not in the program.
    """
    program, right, wrong, _ = MUTATIONS[name]
    new = PROGRAMS[program][1]
    assert right in new, f"{name}: {right!r} is not in {program}"
    return new.replace(right, wrong, 1)
