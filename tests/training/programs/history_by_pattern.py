import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential, load_model

r = np.random.RandomState(7)


def fill(m):
    s = np.random.RandomState(5)
    for layer in m.layers:
        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])


def show(name, value):
    print('RESULT', name, np.round(np.asarray(value, dtype='float64'), 4).tolist())


def tell(h):
    for key in sorted(h.history):
        show(key, h.history[key])


def weights(m):
    for layer in m.layers:
        for x in layer.get_weights():
            show('weights', x.ravel()[:4])


from keras.callbacks import EarlyStopping, ModelCheckpoint
import glob, os
X, y = r.uniform(-1, 1, (12, 4)), np.eye(3)[r.randint(0, 3, 12)]
m = Sequential([Dense(3, input_dim=4, activation='softmax')])
fill(m)
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
what = 'acc'
stop = EarlyStopping('val_%s' % what, patience=0, mode='max')
keep = ModelCheckpoint('w-{epoch:02d}-{val_acc:.2f}.hdf5', monitor='val_' + what, save_weights_only=True)
h = m.fit(X, y, nb_epoch=4, batch_size=12, verbose=0, validation_split=0.25, callbacks=[stop, keep])
for prefix in ('', 'val_'):
    for k in ('loss', what):
        show(prefix + k, h.history.get(prefix + k, []))
print('RESULT', 'acc' in h.history, sorted(h.history.keys()), len(h.epoch))
print('RESULT', [os.path.splitext(os.path.basename(n))[0].split('.')[0] for n in sorted(glob.glob('w-*'))])
